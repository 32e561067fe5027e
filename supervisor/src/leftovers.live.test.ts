import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunRecord, stopLeftovers } from './leftovers.ts';
import { brokerFiles } from './nats-config.ts';
import { replaceFile } from './broker-logins.ts';
import { startNats } from './start-nats.ts';

test('stops a nats-server of this folder, also one that hangs', async () => {
  const left = await startNats();
  left.kill('SIGSTOP');
  expect(await stopLeftovers(left.dataDir)).toEqual([`nats (process ${left.pid})`]);
  await left.exited;
  await left.stop();
});

test('leaves a nats-server of another folder alone, whatever the pid file says', async () => {
  const foreign = await startNats();
  const ours = await startNats();
  await ours.stop();
  replaceFile(brokerFiles(join(ours.dataDir, 'nats')).pid, String(foreign.pid));
  expect(await stopLeftovers(ours.dataDir)).toEqual([]);
  process.kill(foreign.pid, 0);
  await foreign.stop();
});

test('stops a service that is still the process that was written down', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deskwire-'));
  const child = spawn('sleep', ['60']);
  const exited = once(child, 'exit');
  createRunRecord(dataDir, () => expect.unreachable()).add('hub', child.pid ?? 0);
  expect(await stopLeftovers(dataDir)).toEqual([`hub (process ${child.pid ?? 0})`]);
  expect(await exited).toEqual([null, 'SIGTERM']);
  expect(await stopLeftovers(dataDir)).toEqual([]);
});

test('what cannot be written down, as on a full disk, is said and stops nothing', () => {
  const failures: unknown[] = [];
  const record = createRunRecord('/proc/no-such-folder', (error) => failures.push(error));
  record.add('hub', process.pid);
  record.remove(process.pid);
  expect(failures).toHaveLength(2);
});
