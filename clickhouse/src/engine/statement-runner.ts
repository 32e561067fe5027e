import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { EngineException, engineException } from './engine-exception.ts';
import { beginRun, type EngineRun, type LaneStatement, leavesNothingBehind, resultBytes } from './engine-run.ts';
import type { StatementText } from './engine-sql.ts';
import { killStatements } from './kill-statement.ts';
import { readMultipart } from './multipart-params.ts';
import { readRequestBody, type RequestBody } from './request-body.ts';
import type { RunningStatement, RunningStatements } from './running-statements.ts';
import type { SessionPool } from './session-pool.ts';
import type { Spool } from './spool.ts';
import { readStatement, type Statement } from './statement.ts';
import type { WireRequest } from './wire-request.ts';
import { sendResult, type ServerIdentity, type Summary } from './wire-response.ts';

/** What one request needs of the engine. `clockNs` is monotonic. */
export interface RunnerParts {
  pool: SessionPool;
  running: RunningStatements;
  spool: Spool;
  identity: ServerIdentity;
  clockNs: () => bigint;
}

/**
 * Runs the statement of one request and answers it. Throws EngineException, or whatever the engine threw, as long as nothing
 * was sent. A body that did not arrive whole runs nothing; a caller who leaves kills the statement.
 */
export async function runStatement(
  parts: RunnerParts,
  wire: WireRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readRequestBody(request, parts.spool);
  if (body === null) return;
  try {
    // Whoever has left by now will not hear of an outcome, so there is to be none.
    if (response.destroyed) return;
    const contentType = request.headers['content-type'] ?? '';
    const isForm = contentType.startsWith('multipart/form-data');
    if (isForm) readMultipart(wire, body, contentType);
    const isBody = wire.query === '';
    const alone = isBody ? statementBytes(body, wire) : Buffer.from(wire.query);
    const joined = isBody || isForm ? undefined : joinedText(alone, body, wire);
    const text = joined ?? alone;
    const statement = readStatement(text.toString('latin1'));
    requireParams(statement, wire);
    const isCut = joined !== undefined && joined.length < alone.length + 1 + body.sizeBytes;
    if (isCut || (isBody && text.length < body.sizeBytes && !('dataAt' in statement))) {
      const message = `Max query size exceeded: the first ${text.length} bytes do not hold the statement`;
      throw new EngineException(62, 'SYNTAX_ERROR', message);
    }
    const query = parts.running.begin(wire.queryId);
    const onClose = () => {
      if (!response.writableFinished) void parts.running.kill(wire.queryId);
    };
    response.once('close', onClose);
    try {
      if (statement.kind === 'kill') await answerKill(parts, wire, statement, query, response);
      else await runInLane(parts, wire, { statement, text, body: isForm ? null : body, isBody }, query, response);
    } finally {
      response.off('close', onClose);
      query.ended();
    }
  } finally {
    body.remove();
  }
}

/** A statement goes on in the body, behind a line break, unless the body is the rows of an INSERT. */
function joinedText(beginning: Buffer, body: RequestBody, wire: WireRequest): Buffer | undefined {
  if (body.sizeBytes === 0 || bringsRows(beginning)) return undefined;
  const joined = Buffer.concat([beginning, Buffer.from('\n'), statementBytes(body, wire)]);
  return bringsRows(joined) ? undefined : joined;
}

function bringsRows(text: Buffer): boolean {
  try {
    return 'dataAt' in readStatement(text.toString('latin1'));
  } catch {
    return false; // Half a statement need not be one; the whole one is read, and refused, later.
  }
}

// An INSERT of any size begins within the head; a longer statement needs a caller who has raised max_query_size.
function statementBytes(body: RequestBody, wire: WireRequest): Buffer {
  return body.file !== null && body.sizeBytes <= wire.maxQueryBytes ? readFileSync(body.file) : body.head;
}

function requireParams(statement: Statement, wire: WireRequest): void {
  const missing = statement.placeholders.find((name) => !wire.params.has(name));
  if (missing === undefined) return;
  throw new EngineException(456, 'UNKNOWN_QUERY_PARAMETER', `Substitution \`${missing}\` is not set`);
}

async function runInLane(
  parts: RunnerParts,
  wire: WireRequest,
  job: StatementText<LaneStatement>,
  query: RunningStatement,
  response: ServerResponse,
): Promise<void> {
  const lease = await parts.pool.acquire(wire.queryId.startsWith('ingest-') ? 'ingest' : 'query', query.signal);
  const begunNs = parts.clockNs();
  const { statement } = job;
  const paths = new Set<string>();
  const format = ('format' in statement && !('dataAt' in statement) ? statement.format : null) ?? wire.format;
  const exceptionOf = (cause: unknown) =>
    withoutPaths(engineException(query.signal.aborted ? query.signal.reason : cause), paths);
  let outcome: 'clean' | 'spoiled' = 'spoiled';
  let run: EngineRun | null = null;
  let inEngine = false;
  try {
    query.signal.throwIfAborted();
    run = beginRun(lease, wire, job, format, (path) => paths.add(path));
    query.started();
    inEngine = true;
    const result = run.result.finally(() => (inEngine = false));
    result.catch(() => {});
    const finish = async (): Promise<Summary> => {
      const { rows, bytes } = await result;
      const [writtenRows, writtenBytes] = 'dataAt' in statement ? [rows, bytes] : [0, 0];
      const elapsedNs = Number(parts.clockNs() - begunNs);
      return { readRows: rows, readBytes: bytes, writtenRows, writtenBytes, elapsedNs };
    };
    const { identity } = parts;
    const bytes = resultBytes(run);
    await sendResult({ response, wire, identity, format, bytes, signal: query.signal, finish, exceptionOf });
    if (leavesNothingBehind(statement, wire)) outcome = 'clean';
  } catch (cause) {
    const exception = exceptionOf(cause);
    // A failure on our side of the pipe: the engine would go on to its end, for nobody.
    if (inEngine) void parts.running.kill(wire.queryId);
    throw exception;
  } finally {
    run?.pipe?.discard();
    // The session is busy until the engine lets go, also when the caller is long gone.
    await run?.result.catch(() => {
      outcome = 'spoiled';
    });
    run?.pipe?.close();
    lease.release(outcome);
  }
}

async function answerKill(
  parts: RunnerParts,
  wire: WireRequest,
  kill: Statement & { kind: 'kill' },
  query: RunningStatement,
  response: ServerResponse,
): Promise<void> {
  const begunNs = parts.clockNs();
  const format = kill.format ?? wire.format;
  const { pool, running, identity } = parts;
  const { text, rows, bytes } = await killStatements({ kill, wire, format, pool, running, signal: query.signal });
  const elapsedNs = Number(parts.clockNs() - begunNs);
  const summary = { readRows: rows, readBytes: bytes, writtenRows: 0, writtenBytes: 0, elapsedNs };
  const finish = () => Promise.resolve(summary);
  const { signal } = query;
  await sendResult({ response, wire, identity, format, bytes: [text], signal, finish, exceptionOf: engineException });
}

function withoutPaths(exception: EngineException, paths: ReadonlySet<string>): EngineException {
  const message = [...paths].reduce((text, path) => text.replaceAll(path, 'request'), exception.message);
  return new EngineException(exception.code, exception.type, message, { cause: exception });
}
