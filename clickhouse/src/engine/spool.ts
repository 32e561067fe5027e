import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathEnv } from '@deskwire/runtime/env';

import { EngineException } from './engine-exception.ts';

/** A private directory for what passes through: bodies until they are whole, and one named pipe a session. */
export interface Spool {
  path: string;
  /** A new file name, without characters that the engine would read as a pattern. */
  newFile(): string;
  /** Makes named pipes, one for each session slot. */
  makePipes(count: number): string[];
  /** Counts bytes about to be stored; throws EngineException when the bound over all bodies would be passed. */
  take(sizeBytes: number): void;
  giveBack(sizeBytes: number): void;
  usedBytes(): number;
  remove(): void;
}

/**
 * Opens the spool of one data directory, empty: what an engine that was killed left behind is removed. Only the holder of
 * the data directory's lock may call it. Lies on tmpfs where there is one, so that bodies never reach a disk in the clear.
 */
export function openSpool(options: { dataDir: string; bytesMax: number }): Spool {
  const path = spoolPath(options.dataDir);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  const made = lstatSync(path);
  if (!made.isDirectory() || (made.mode & 0o077) !== 0) throw new Error(`${path} is not a private directory`);
  // A container's /dev/shm may be much smaller than what was asked for (Docker's default: 64 MiB).
  const { bavail, bsize } = statfsSync(path);
  const bytesMax = Math.min(options.bytesMax, Math.floor(bavail * bsize * 0.8));
  let files = 0;
  let usedBytes = 0;
  return {
    path,
    newFile: () => join(path, `body-${(files += 1)}`),
    makePipes: (count) => {
      const pipes = Array.from({ length: count }, (_, slot) => join(path, `result-${slot}`));
      // Node has no mkfifo; the command is part of every system that chDB runs on.
      execFileSync('mkfifo', ['-m', '600', ...pipes], { env: pathEnv() });
      return pipes;
    },
    take: (sizeBytes) => {
      if (usedBytes + sizeBytes > bytesMax) {
        const message = `Memory limit exceeded: request bodies in flight would take more than ${bytesMax} bytes`;
        throw new EngineException(241, 'MEMORY_LIMIT_EXCEEDED', message);
      }
      usedBytes += sizeBytes;
    },
    giveBack: (sizeBytes) => {
      usedBytes -= sizeBytes;
    },
    usedBytes: () => usedBytes,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** One place for each data directory, so that the next engine finds what a killed one has left. */
export function spoolPath(dataDir: string): string {
  const name = `deskwire-engine-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  return join(isWritable('/dev/shm') ? '/dev/shm' : tmpdir(), name);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    // Not there, or not for us: the caller takes the system's temporary directory.
    return false;
  }
}
