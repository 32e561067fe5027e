import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemas, schemaFile } from './json-schemas.ts';

it.each([...jsonSchemas()])('%s is the one that the contracts make: run npm run schemas', (name, text) => {
  expect(readFileSync(schemaFile(name), 'utf8')).toBe(text);
});
