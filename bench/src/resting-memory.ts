import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Flags of a Node process whose garbage can be collected from outside; tsx comes first, because the file is TypeScript. */
export const collectable = ['--expose-gc', '--import', 'tsx', '--import', './bench/src/collect-on-signal.ts'];

const settleMs = 1_000;
const collectionsMax = 10;
/** What falls by less from one collection to the next has come to rest. */
const restShare = 0.002;

/** Bytes that a process started with `collectable` holds (RSS) once its garbage is collected. Only Linux says. */
export async function restingBytes(pid: number): Promise<number> {
  let before = Infinity;
  for (let i = 0; i < collectionsMax; i++) {
    process.kill(pid, 'SIGUSR2');
    // The allocator gives pages back some time after the collector has let go of them.
    await sleep(settleMs);
    const now = residentBytes(pid);
    if (now > before * (1 - restShare)) return now;
    before = now;
  }
  return before;
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`the system does not say how much memory process ${pid} holds`);
  return Number(kilobytes) * 1024;
}
