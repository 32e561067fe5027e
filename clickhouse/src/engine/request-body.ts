import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

import { EngineException } from './engine-exception.ts';
import type { Spool } from './spool.ts';

/** Bytes of a body that are kept in memory, and in which a statement has to begin: the engine's max_query_size. */
export const headBytesMax = 262_144;

/** A body that arrived whole: its beginning in memory, and all of it in a file when it is longer than that. */
export interface RequestBody {
  head: Buffer;
  file: string | null;
  sizeBytes: number;
  /** Path of a file with `first` and then the body from offset `from` on; the body owns and removes it. */
  rowsFile(first: Buffer, from: number): string;
  remove(): void;
}

/**
 * Reads a body to its end, undoing Content-Encoding. Resolves with null when the sender went away before the end: nothing of
 * such a request may be executed. Throws EngineException for damaged compression and when the spool is full.
 */
export async function readRequestBody(request: IncomingMessage, spool: Spool): Promise<RequestBody | null> {
  const chunks: Buffer[] = [];
  const files: string[] = [];
  let sizeBytes = 0;
  let takenBytes = 0;
  let fd: number | null = null;
  const remove = () => {
    for (const file of files.splice(0)) rmSync(file, { force: true });
    spool.giveBack(takenBytes);
    takenBytes = 0;
  };
  const take = (bytes: number) => {
    spool.take(bytes);
    takenBytes += bytes;
  };
  const newFile = () => {
    const file = spool.newFile();
    files.push(file);
    return file;
  };
  let source: Readable | undefined;
  try {
    source = decoded(request);
    // Left early it must stay open: its sender waits for an answer.
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('request bodies are bytes');
      take(chunk.length);
      sizeBytes += chunk.length;
      if (fd === null && sizeBytes <= headBytesMax) {
        chunks.push(chunk);
        continue;
      }
      if (fd === null) {
        fd = openSync(newFile(), 'wx', 0o600);
        for (const early of chunks) writeSync(fd, early);
      }
      // The spool is memory: a write is a copy, cheaper than a round trip through a thread.
      writeSync(fd, chunk);
      if (chunks.reduce((sum, early) => sum + early.length, 0) < headBytesMax) chunks.push(chunk);
    }
  } catch (error) {
    remove();
    if (source !== undefined && source !== request) letGo(request, source);
    if (request.destroyed && !request.complete) return null;
    throw isZlibError(error)
      ? new EngineException(354, 'ZLIB_INFLATE_FAILED', `inflate failed: ${error.message}`)
      : error;
  } finally {
    if (fd !== null) closeSync(fd);
  }
  if (!request.complete) {
    remove();
    return null;
  }
  const head = Buffer.concat(chunks).subarray(0, headBytesMax);
  const file = files[0] ?? null;
  return {
    head,
    file,
    sizeBytes,
    remove,
    rowsFile: (first, from) => {
      if (file !== null && first.length === 0 && from === 0) return file;
      const path = newFile();
      const out = openSync(path, 'wx', 0o600);
      try {
        writeSync(out, first);
        if (file === null) writeSync(out, head, from);
        else appendFrom(out, file, from);
      } finally {
        closeSync(out);
      }
      return path;
    },
  };
}

/** What still comes is for nobody: a decoder that nobody reads would hold it up, and end the process with its next error. */
function letGo(request: IncomingMessage, decoder: Readable): void {
  request.unpipe();
  decoder.on('error', () => undefined);
  decoder.destroy();
}

function decoded(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return request;
  const decoder = decoderOf(encoding);
  request.once('close', () => {
    if (!request.complete) decoder.destroy(new Error('the sender went away'));
  });
  return request.pipe(decoder);
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new EngineException(89, 'UNKNOWN_COMPRESSION_METHOD', `Unknown compression method ${encoding}`);
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|ERR_.*BROTLI)/.test(String(error.code));
}

function appendFrom(out: number, file: string, from: number): void {
  const source = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (let at = from; ;) {
      const read = readSync(source, buffer, 0, buffer.length, at);
      if (read === 0) return;
      writeSync(out, buffer, 0, read);
      at += read;
    }
  } finally {
    closeSync(source);
  }
}
