import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeFileLock, type FileLock } from './file-lock.ts';
import { masterCheckFile } from './master-key.ts';
import { StartRefused } from './start-refused.ts';

export const stoppingNote = 'stopping';

export interface DataDir {
  /** Nothing was ever started here. */
  isNew: boolean;
  lock: FileLock;
}

/**
 * Makes DATA_DIR ours alone until we end. One that is just being stopped is waited for. Throws StartRefused when another
 * Deskwire runs there.
 */
export async function claimDataDir(dataDir: string, waitMs = 20_000): Promise<DataDir> {
  let isNew: boolean;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
    isNew = !existsSync(masterCheckFile(dataDir));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new StartRefused(`DATA_DIR ${dataDir} cannot be used (${code}); set DATA_DIR to a folder that we may write`);
  }
  const deadline = performance.now() + waitMs;
  while (true) {
    const taken = takeFileLock(supervisorLock(dataDir));
    if ('lock' in taken) return { isNew, lock: taken.lock };
    if (taken.heldBy.note !== stoppingNote || performance.now() > deadline) {
      throw new StartRefused(
        `Deskwire already runs on ${dataDir} (process ${taken.heldBy.pid}); stop it first, or set DATA_DIR and the ports for a second one`,
      );
    }
    await sleep(100);
  }
}

/** Whether the demo is on: as said, else as at the first start, where it is on for a new folder on loopback. */
export function demoMode(dataDir: string, said: '0' | '1' | undefined, fresh: boolean): '0' | '1' {
  const file = demoFile(dataDir);
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  const mode = said ?? (before === undefined ? (fresh ? '1' : '0') : before === '1' ? '1' : '0');
  if (mode !== before) rememberDemo(dataDir, mode);
  return mode;
}

/** What the next start does unless it is told otherwise. */
export function rememberDemo(dataDir: string, mode: '0' | '1'): void {
  writeFileSync(demoFile(dataDir), `${mode}\n`);
}

const demoFile = (dataDir: string) => join(dataDir, 'demo');

export const supervisorLock = (dataDir: string) => join(dataDir, 'supervisor.lock');
