import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry } from 'yauzl';
import { ReplayError } from '../replay/replay-error.ts';

export interface OpenLog {
  /** The CSV's bytes, unpacked on the way. */
  csv: Readable;
  close: () => void;
}

const zipMagic = 'PK\u0003\u0004';

/** Opens a CSV file, or the only CSV inside a zip. What it is says its content, not its name. Throws ReplayError. */
export async function openLog(file: string): Promise<OpenLog> {
  if ((await firstBytes(file, zipMagic.length)) !== zipMagic)
    return { csv: createReadStream(file), close: () => undefined };
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw damaged(file, cause);
  });
  try {
    const found: Entry[] = [];
    for await (const entry of zip.eachEntry()) if (/\.csv$/i.test(entry.fileName)) found.push(entry);
    const [entry, ...more] = found;
    if (entry === undefined) throw new ReplayError(`${basename(file)} holds no CSV file: give the incident log itself`);
    if (more.length > 0)
      throw new ReplayError(
        `${basename(file)} holds ${found.length} CSV files: unpack it and give the one that is the incident log`,
      );
    return { csv: await zip.openReadStreamPromise(entry), close: () => zip.close() };
  } catch (cause) {
    zip.close();
    throw cause instanceof ReplayError ? cause : damaged(file, cause);
  }
}

/** SHA-256 of a file's bytes, hexadecimal. Throws ReplayError when it cannot be read. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return hash.digest('hex');
}

async function firstBytes(file: string, count: number): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): ReplayError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return new ReplayError(`there is no file ${file}`, { cause });
  if (code === 'EISDIR') return new ReplayError(`${file} is a folder: give the zip or CSV inside`, { cause });
  return new ReplayError(`${file} cannot be read (${String(code)})`, { cause });
}

function damaged(file: string, cause: unknown): ReplayError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ReplayError(`${file} is a damaged zip: ${why}`, { cause });
}
