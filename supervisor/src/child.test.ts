import { type ChildProcess, spawn } from 'node:child_process';
import { createLog } from '@deskwire/runtime/log';
import { afterEach, expect, test, vi } from 'vitest';
import { ChildFailed, createChild, restartPauseMs, type Child } from './child.ts';

const children: Child[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
});

/** A shell instead of a service: the life of a process cannot be faked honestly. */
function child(
  script: string,
  ready: (process: ChildProcess, signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
  readyWithinMs = 5_000,
) {
  const pids: string[] = [];
  const made = createChild({
    part: 'hub',
    spawn: () => spawn('sh', ['-c', script], { stdio: 'ignore' }),
    ready,
    readyWithinMs,
    stopWithinMs: 300,
    log: createLog('supervisor', 'silent'),
    onSpawn: () => pids.push('+'),
    onExit: () => pids.push('-'),
  });
  children.push(made);
  return { made, pids };
}
const never = (_: unknown, signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

test('comes back after it was killed', async () => {
  const { made, pids } = child('exec sleep 60');
  await made.start();
  const first = made.pid();
  made.kill();
  await vi.waitFor(() => expect(made.isReady() && made.pid() !== first).toBe(true), { timeout: 5_000 });
  expect(pids).toEqual(['+', '-', '+']);
});

test('a first start that ends before it is ready fails, and is not tried again', async () => {
  const { made, pids } = child('exit 2', never);
  await expect(made.start()).rejects.toThrow(new ChildFailed('hub', 'ended with code 2'));
  expect({ pids, pid: made.pid() }).toEqual({ pids: ['+', '-'], pid: undefined });
});

test('a first start that takes too long is ended', async () => {
  const { made, pids } = child('exec sleep 60', never, 50);
  await expect(made.start()).rejects.toThrow();
  expect(pids).toEqual(['+', '-']);
});

test('stop kills what does not listen, and starts nothing afterwards', async () => {
  const { made, pids } = child("trap '' TERM; while true; do sleep 0.05; done");
  await made.start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await made.stop();
  expect({ pids, pid: made.pid() }).toEqual({ pids: ['+', '-'], pid: undefined });
});

test('pauses grow to a bound', () => {
  expect([1, 2, 3, 20].map(restartPauseMs)).toEqual([200, 400, 800, 15_000]);
});
