import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { isLocked, LockTimeout, takeFileLock, withFileLock } from './file-lock.ts';
import { processIdentity } from './process-identity.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'deskwire-lock-'));
  file = join(dir, 'lock');
});

test('says who holds it and what for, until it is released', () => {
  const taken = takeFileLock(file, 'starting');
  expect(takeFileLock(file)).toEqual({
    heldBy: { pid: process.pid, identity: processIdentity(process.pid), note: 'starting' },
  });
  if ('lock' in taken) taken.lock.note('stopping');
  expect(takeFileLock(file)).toMatchObject({ heldBy: { note: 'stopping' } });
  if ('lock' in taken) taken.lock.release();
  expect(isLocked(file)).toBe(false);
  expect(readdirSync(dir)).toEqual([]);
});

test('a holder that is dead, or whose number another process has now, is no holder', () => {
  writeFileSync(file, JSON.stringify({ pid: process.pid, identity: 'an earlier boot', note: '' }));
  expect(isLocked(file)).toBe(false);
  expect('lock' in takeFileLock(file)).toBe(true);
});

test('a torn lock file does not lock anybody out', () => {
  writeFileSync(file, '{"pid":');
  expect('lock' in takeFileLock(file)).toBe(true);
});

test('one at a time, in some order', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 1));
    inside--;
  };
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(file, work)));
  expect(most).toBe(1);
});

test('gives up after its patience and names the holder', async () => {
  takeFileLock(file);
  await expect(withFileLock(file, () => Promise.resolve(), 1)).rejects.toThrow(LockTimeout);
});
