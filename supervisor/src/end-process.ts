import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks a child to stop and, `patienceMs` later, kills it. Resolves when it is gone. */
export async function endProcess(child: ChildProcess, patienceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  // A stopped process (SIGSTOP) keeps every other signal waiting.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}

/** The same for a process that is not our child; `isStillIt` keeps a reused pid from being hit. */
export async function endStranger(pid: number, patienceMs: number, isStillIt: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs;
  signal(pid, 'SIGCONT');
  signal(pid, 'SIGTERM');
  while (isStillIt()) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL');
    await sleep(50);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
}
