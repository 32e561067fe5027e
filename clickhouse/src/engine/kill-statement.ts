import { z } from 'zod';

import { engineException } from './engine-exception.ts';
import { utf8 } from './engine-sql.ts';
import type { RunningStatements } from './running-statements.ts';
import type { SessionPool } from './session-pool.ts';
import { processesOfCallers, type Statement } from './statement.ts';
import type { WireRequest } from './wire-request.ts';

const idColumn = z.tuple([z.array(z.string())]);

/** What KILL QUERY answers with, in the caller's format. */
export interface KillResult {
  text: Uint8Array;
  rows: number;
  bytes: number;
}

/**
 * KILL QUERY at the door: the engine does not know the callers' query ids, and a statement that waits for a slow reader ends
 * only when its pipe is closed. SYNC resolves when the statements are over.
 */
export async function killStatements(options: {
  kill: Statement & { kind: 'kill' };
  wire: WireRequest;
  format: string;
  pool: SessionPool;
  running: RunningStatements;
  signal: AbortSignal;
}): Promise<KillResult> {
  const { kill, wire, pool, running } = options;
  const lease = await pool.acquire('control', options.signal);
  try {
    const read = (columns: string, format: string) =>
      lease.session.run(
        `SELECT ${columns} FROM ${processesOfCallers} AS processes WHERE ${utf8(kill.where)} FORMAT ${format}`,
        format,
        { database: wire.database, settings: wire.settings, params: wire.params },
      );
    const ids = await read('query_id', 'JSONCompactColumns');
    const shown = await read("'waiting' AS kill_status, query_id, user, query", options.format);
    const [found] = idColumn.parse(JSON.parse(Buffer.from(ids.text).toString()));
    const kills = kill.mode === 'test' ? [] : found.filter((id) => id !== wire.queryId).map(running.kill);
    if (kill.mode === 'sync') {
      lease.release('spoiled');
      await Promise.all(kills);
    }
    return shown;
  } catch (cause) {
    throw engineException(cause);
  } finally {
    lease.release('spoiled');
  }
}
