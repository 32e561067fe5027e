import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of its own that can be filled up; undefined where this process may not mount one. */
export interface SmallDisk {
  fill: () => void;
  free: () => void;
  remove: () => void;
}

/** Mounts `sizeMiB` of memory on `dir`. */
export function mountSmallDisk(dir: string, sizeMiB: number): SmallDisk | undefined {
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'deskwire-test', dir], { stdio: 'ignore' });
  } catch {
    return undefined; // Not root, or a container without the right to mount.
  }
  const filler = join(dir, 'filler');
  return {
    fill: () => {
      const file = openSync(filler, 'w');
      try {
        for (let size = 2 ** 20; size >= 512;) {
          if (!wrote(file, size)) size /= 2;
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => execFileSync('umount', ['--lazy', dir], { stdio: 'ignore' }),
  };
}

function wrote(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch {
    return false; // No room for so much: less of it may still fit.
  }
}
