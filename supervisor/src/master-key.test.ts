import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openMasterKey } from './master-key.ts';
import { StartRefused } from './start-refused.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'deskwire-key-'));
});
const open = (given?: Buffer, fileAllowed = true) => openMasterKey({ dataDir, given, fileAllowed });

test('is made on the first start, readable by its owner only, and the same from then on', () => {
  const key = open();
  expect(key).toHaveLength(32);
  expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600);
  expect(open()).toEqual(key);
});

test('from the environment it is never written down', () => {
  const key = Buffer.alloc(32, 5);
  open(key);
  expect(readdirSync(dataDir)).toEqual(['master.check']);
  expect(readFileSync(join(dataDir, 'master.check'), 'utf8')).not.toContain(key.toString('base64').slice(0, 10));
});

test('another key than the first one is refused and changes nothing', () => {
  open(Buffer.alloc(32, 1));
  expect(() => open(Buffer.alloc(32, 2))).toThrow(StartRefused);
  expect(() => open()).toThrow(/is gone/);
  expect(open(Buffer.alloc(32, 1))).toEqual(Buffer.alloc(32, 1));
});

test('a lost file is not replaced by a new key', () => {
  open();
  rmSync(join(dataDir, 'master.key'));
  expect(() => open()).toThrow(/master.key is gone/);
});

test('outside loopback the file does not count', () => {
  expect(() => open(undefined, false)).toThrow(/MASTER_KEY is missing/);
});
