import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { brokerFiles } from './nats-config.ts';
import { keepStreamMeta } from './stream-meta.ts';

let dir: string;
let stream: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'deskwire-'));
  stream = join(brokerFiles(dir).store, 'jetstream', '$G', 'streams', 'EVENTS');
  mkdirSync(stream, { recursive: true });
  for (const file of ['meta.key', 'meta.inf', 'meta.sum']) writeFileSync(join(stream, file), `${file} of EVENTS`);
});
afterEach(() => rmSync(dir, { recursive: true }));

it('puts back what a stream is when the server was killed in between', () => {
  const meta = keepStreamMeta(dir, () => expect.unreachable());
  meta.save();
  rmSync(join(stream, 'meta.key'));
  meta.restore();
  expect(readFileSync(join(stream, 'meta.key'), 'utf8')).toBe('meta.key of EVENTS');
});

it.each(['', '{"EVENTS":{"meta.key":"bWV', '[]'])(
  'starts without a copy that reads "%s", says so, and makes it anew',
  (torn) => {
    const copy = join(dir, 'stream-meta.json');
    const onUnreadable = vi.fn();
    const meta = keepStreamMeta(dir, onUnreadable);
    meta.save();
    const whole = readFileSync(copy, 'utf8');
    writeFileSync(copy, torn);
    meta.restore();
    expect(onUnreadable).toHaveBeenCalledOnce();
    meta.save();
    expect(readFileSync(copy, 'utf8')).toBe(whole);
  },
);
