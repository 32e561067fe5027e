import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib';

import { EngineException, exceptionText, httpStatus } from './engine-exception.ts';
import type { WireRequest } from './wire-request.ts';

/** What the server says of itself in every answer. */
export interface ServerIdentity {
  version: string;
  timezone: string;
  displayName: string;
}

/** Counts of a finished statement for X-ClickHouse-Summary. */
export interface Summary {
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  elapsedNs: number;
}

/** Bytes of a result that are held back: up to here a late exception still gets its own status. */
const heldBytesMax = 1024 * 1024;

/** The same for callers who ask for `wait_end_of_query`; a larger result is refused, as it would have to be kept whole. */
const waitEndBytesMax = 64 * 1024 * 1024;

/**
 * Sends a result: whole with its length when it is small, in chunks when it is not. `finish` settles with the statement; what
 * it throws after the headers are gone is appended the way servers since 25.11 do, and drivers find it there.
 */
export async function sendResult(options: {
  response: ServerResponse;
  wire: WireRequest;
  identity: ServerIdentity;
  format: string;
  bytes: AsyncIterable<unknown> | Iterable<unknown>;
  /** Aborted when the statement is killed: then nobody waits for the reader any longer. */
  signal: AbortSignal;
  finish: () => Promise<Summary>;
  exceptionOf: (cause: unknown) => EngineException;
}): Promise<void> {
  const { response, wire, identity, bytes, signal } = options;
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let out: Writable | null = null;
  const tag = randomBytes(8).toString('hex');
  const head = (summary: Summary | null) => {
    setIdentity(response, wire, identity);
    response.setHeader('X-ClickHouse-Format', options.format);
    response.setHeader('Content-Type', contentType(options.format));
    response.setHeader('X-ClickHouse-Exception-Tag', tag);
    if (summary !== null) response.setHeader('X-ClickHouse-Summary', summaryText(summary));
    response.statusCode = 200;
  };
  try {
    for await (const chunk of bytes) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('results are bytes');
      if (out === null) {
        held.push(chunk);
        heldBytes += chunk.length;
        if (heldBytes <= (wire.waitEnd ? waitEndBytesMax : heldBytesMax)) continue;
        if (wire.waitEnd) {
          const message = `Limit for result exceeded: wait_end_of_query keeps at most ${waitEndBytesMax} bytes`;
          throw new EngineException(396, 'TOO_MANY_ROWS_OR_BYTES', message);
        }
        head(null);
        out = encoder(response, wire.encoding);
      }
      for (const part of held.length > 0 ? held.splice(0) : [chunk]) await write(out, part, signal);
    }
    const summary = await options.finish();
    if (out === null) {
      head(summary);
      if (wire.encoding === null || heldBytes === 0) response.setHeader('Content-Length', heldBytes);
      out = encoder(response, heldBytes === 0 ? null : wire.encoding);
      for (const part of held) await write(out, part, signal);
    }
  } catch (cause) {
    if (out === null) throw cause;
    if (response.destroyed || cause instanceof SlowReaderError) {
      response.destroy();
      return;
    }
    const text = exceptionText(options.exceptionOf(cause), identity.version);
    const sizeBytes = Buffer.byteLength(text);
    const tail = `\r\n__exception__\r\n${tag}\r\n${text}${sizeBytes} ${tag}\r\n__exception__\r\n`;
    out.write(tail);
  }
  out.end();
}

/** Sends an exception: status, code header and text as clickhouse-server does. */
export function sendException(
  response: ServerResponse,
  wire: WireRequest | null,
  identity: ServerIdentity,
  exception: EngineException,
): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const text = exceptionText(exception, identity.version);
  if (wire !== null) setIdentity(response, wire, identity);
  response.statusCode = httpStatus(exception.code);
  if (response.statusCode === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  response.setHeader('X-ClickHouse-Server-Display-Name', identity.displayName);
  response.setHeader('X-ClickHouse-Exception-Code', exception.code);
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

function setIdentity(response: ServerResponse, wire: WireRequest, identity: ServerIdentity): void {
  response.setHeader('X-ClickHouse-Server-Display-Name', identity.displayName);
  // Headers hold bytes; what is no ASCII goes as UTF-8.
  response.setHeader('X-ClickHouse-Query-Id', Buffer.from(wire.queryId).toString('latin1'));
  response.setHeader('X-ClickHouse-Timezone', identity.timezone);
}

function summaryText(summary: Summary): string {
  return JSON.stringify({
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(summary.readRows),
    result_bytes: String(summary.readBytes),
    elapsed_ns: String(summary.elapsedNs),
  });
}

const contentTypes: ReadonlyArray<readonly [RegExp, string]> = [
  [/^JSON(Compact)?(Strings)?EachRow|^JSON(Compact)?(Strings)?EachRowWith/i, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/i, 'application/json; charset=UTF-8'],
  [/^CSVWithNames/i, 'text/csv; charset=UTF-8; header=present'],
  [/^CSV/i, 'text/csv; charset=UTF-8; header=absent'],
  [/^(TSV|TabSeparated)/i, 'text/tab-separated-values; charset=UTF-8'],
  [/^XML/i, 'application/xml; charset=UTF-8'],
  [/^Markdown/i, 'text/markdown; charset=UTF-8'],
  [/^(RowBinary|Native|Parquet|ORC|Arrow|Avro|MsgPack|Protobuf|BSON|CapnProto|Npy)/i, 'application/octet-stream'],
];

function contentType(format: string): string {
  return contentTypes.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
}

function encoder(response: ServerResponse, encoding: WireRequest['encoding']): Writable {
  if (encoding === null) return response;
  response.setHeader('Content-Encoding', encoding);
  const stream = compressor(encoding);
  response.once('close', () => stream.destroy());
  stream.pipe(response);
  return stream;
}

// Level 3 is the server's http_zlib_compression_level.
function compressor(encoding: NonNullable<WireRequest['encoding']>): Writable {
  switch (encoding) {
    case 'gzip':
      return createGzip({ level: 3 });
    case 'deflate':
      return createDeflate({ level: 3 });
    case 'br':
      return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
    default:
      return encoding satisfies never;
  }
}

/** Time that a reader may take for what is in the socket already: the server's http_send_timeout. */
const sendIdleMs = 30_000;

class SlowReaderError extends Error {
  override readonly name = 'SlowReaderError';
}

function write(out: Writable, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (out.destroyed) throw new Error('the reader went away');
  if (out.write(chunk)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const late = new SlowReaderError(`the reader took nothing for ${sendIdleMs} ms`);
    const timer = setTimeout(() => settle(() => reject(late)), sendIdleMs);
    const go = () => settle(resolve);
    const settle = (how: () => void) => {
      clearTimeout(timer);
      out.off('drain', go);
      out.off('close', go);
      signal.removeEventListener('abort', go);
      how();
    };
    out.once('drain', go);
    out.once('close', go);
    signal.addEventListener('abort', go, { once: true });
  });
}
