import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemas, schemaFile } from './json-schemas.ts';

it.each([...jsonSchemas()])('%s is the one that the contracts make: run npm run schemas', (name, text) => {
  expect(readFileSync(schemaFile(name), 'utf8')).toBe(text);
});

it('publishes what integrations may send, and nothing that only we may', () => {
  for (const name of ['event.schema.json', 'event-batch.schema.json']) {
    expect(jsonSchemas().get(name)).toContain('"ticket.snapshot"');
    expect(jsonSchemas().get(name)).not.toContain('rejection.dismissed');
  }
});

it('leaves no file behind that the contracts no longer make', () => {
  expect(readdirSync(schemaFile('.')).sort()).toEqual([...jsonSchemas().keys()].sort());
});
