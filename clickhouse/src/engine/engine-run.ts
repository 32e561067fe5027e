import { engineException, type EngineException } from './engine-exception.ts';
import type { StatementResult, StatementScope } from './engine-session.ts';
import { insertFromFile, selectIntoMemory, selectIntoPipe, type StatementText, utf8 } from './engine-sql.ts';
import { openResultPipe, type ResultPipe } from './result-pipe.ts';
import type { Lease } from './session-pool.ts';
import type { Statement } from './statement.ts';
import type { WireRequest } from './wire-request.ts';

/** Statements that run in a session of their own; the others are answered by the door. */
export type LaneStatement = Exclude<Statement, { kind: 'kill' }>;

/** A statement in the engine. Whoever began it awaits `result`, then closes the pipe, then gives the session back. */
export interface EngineRun {
  pipe: ResultPipe | null;
  result: Promise<StatementResult>;
}

/** Begins a statement. `onPath` hears of every path of this machine that stands in the engine's text. */
export function beginRun(
  lease: Lease,
  wire: WireRequest,
  job: StatementText<LaneStatement>,
  format: string,
  onPath: (path: string) => void,
): EngineRun {
  const { statement } = job;
  const run = (sql: string) => lease.session.run(sql, format, scopeOf(wire));
  switch (statement.kind) {
    case 'plain':
      return { pipe: null, result: run(utf8(statement.text)) };
    case 'insert-rows':
    case 'insert-input':
      return { pipe: null, result: run(insertFromFile({ ...job, statement }, onPath)) };
    case 'select': {
      onPath(lease.pipe);
      const pipe = openResultPipe(lease.pipe);
      const result = run(selectIntoPipe(statement, lease.pipe, format))
        .catch((cause: unknown) => {
          if (mayBlameOurClause(engineException(cause))) return run(selectIntoMemory(statement));
          throw cause;
        })
        .finally(() => pipe.finish());
      // Everybody who needs it awaits it later; this only keeps an early failure from counting as unhandled.
      result.catch(() => {});
      return { pipe, result };
    }
    default:
      return statement satisfies never;
  }
}

// A text that breaks off runs into our INTO OUTFILE. Nothing has run yet, so the caller's own text gets the message.
function mayBlameOurClause({ code, message }: EngineException): boolean {
  return code === 62 || /\bINTO\b/.test(message);
}

/** All bytes of a result, wherever the engine has put them. Throws what the statement throws. */
export async function* resultBytes({ pipe, result }: EngineRun): AsyncGenerator<unknown, void> {
  if (pipe !== null) yield* pipe.bytes;
  const { text } = await result;
  if (text.length > 0) yield text;
}

function scopeOf(wire: WireRequest): StatementScope {
  const settings = new Map([...wire.settings].filter(([name]) => name !== 'readonly'));
  // The engine makes its own query ids; the caller's travels where the process list shows it.
  settings.set('log_comment', wire.queryId);
  const readonly = wire.settings.get('readonly') ?? (wire.readonly ? '2' : undefined);
  // Last: after it no other setting can be changed.
  if (readonly !== undefined) settings.set('readonly', readonly);
  return { database: wire.database, settings, params: wire.params };
}

/** False when a session cannot serve the next caller: readonly cannot be taken back; SET, USE and temporary tables would stay. */
export function leavesNothingBehind(statement: LaneStatement, wire: WireRequest): boolean {
  return !wire.readonly && !wire.settings.has('readonly') && (statement.kind !== 'plain' || statement.pure);
}
