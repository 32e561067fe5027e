import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { processIdentity } from './process-identity.ts';

const holder = z.object({ pid: z.number(), identity: z.string(), note: z.string() });
export type Holder = z.infer<typeof holder>;

export interface FileLock {
  /** Tells those who wait what the holder is doing. */
  note: (note: string) => void;
  release: () => void;
}

/** Runs `work` while no other process does under the same file; waits up to `waitMs` for it. Throws LockTimeout. */
export async function withFileLock<Result>(
  file: string,
  work: () => Promise<Result>,
  waitMs = 15_000,
): Promise<Result> {
  const deadline = performance.now() + waitMs;
  while (true) {
    const taken = takeFileLock(file);
    if ('lock' in taken) {
      try {
        return await work();
      } finally {
        taken.lock.release();
      }
    }
    if (performance.now() > deadline)
      throw new LockTimeout(`${file} is held by process ${taken.heldBy.pid}; try again when it is done`);
    await sleep(20 + Math.random() * 30);
  }
}

export class LockTimeout extends Error {
  override name = 'LockTimeout';
}

/**
 * Takes the lock, or says which living process has it. A lock whose holder is dead is taken over; the holder is known by
 * pid and start time, so neither a reboot nor a reused pid keeps it locked.
 */
export function takeFileLock(file: string, note = ''): { lock: FileLock } | { heldBy: Holder } {
  const mine = `${file}.${process.pid}.draft`;
  const write = (text: string) =>
    writeFileSync(
      mine,
      JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) ?? '', note: text }),
      { mode: 0o600 },
    );
  write(note);
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (linkOnce(mine, file)) {
        const rewrite = (text: string) => {
          try {
            write(text);
            renameSync(mine, file);
          } catch {
            // A full disk: whoever comes next hears less of us.
          }
        };
        return { lock: { note: rewrite, release: () => rmSync(file, { force: true }) } };
      }
      const other = readHolder(file);
      if (other !== undefined && isLocked(file)) return { heldBy: other };
      removeStale(file, other);
    }
    return { heldBy: { pid: 0, identity: '', note: '' } };
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Whether a living process holds it at this moment. */
export function isLocked(file: string): boolean {
  const other = readHolder(file);
  return other !== undefined && processIdentity(other.pid) === other.identity;
}

/** A link appears whole or not at all, and never over another. */
function linkOnce(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false; // Somebody holds it; the caller looks who.
  }
}

/** Undefined when nobody holds it; what cannot be read counts as held by a process that never was. */
function readHolder(file: string): Holder | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { pid: 0, identity: '', note: '' }; // A full disk tore it, or it was released between two looks.
  }
}

/** Two processes may find the same dead holder: only one may remove it, or the slower one removes the lock of the faster. */
function removeStale(file: string, dead: Holder | undefined): void {
  if (dead === undefined) return;
  const gate = `${file}.takeover`;
  const mine = `${file}.${process.pid}.draft`;
  if (!linkOnce(mine, gate)) {
    // A holder of the gate works for microseconds; one that is seconds old died there.
    if (ageMs(gate) > 5_000) rmSync(gate, { force: true });
    return;
  }
  try {
    const now = readHolder(file);
    if (now?.pid === dead.pid && now.identity === dead.identity) rmSync(file, { force: true });
  } finally {
    rmSync(gate, { force: true });
  }
}

function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0; // It is gone: nothing to remove.
  }
}
