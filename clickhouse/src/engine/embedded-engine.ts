import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { diskKeyVariable, writeDiskConfig } from './disk-config.ts';
import { checkDiskKey } from './disk-key.ts';
import { type EngineSession, openEngineSession, type StatementScope } from './engine-session.ts';
import { controlSessions, type EngineEnv } from './env.ts';
import { createSessionPool, type SessionPool } from './session-pool.ts';
import { openSpool, type Spool } from './spool.ts';
import { sqlLiteral } from './sql-tokens.ts';
import type { ServerIdentity } from './wire-response.ts';

/** The engine of this process with its sessions; `close` gives the data directory back. */
export interface EmbeddedEngine {
  pool: SessionPool;
  spool: Spool;
  identity: ServerIdentity;
  /** Asks the engine to stop the statement that runs under a caller's query id. */
  killInEngine: (queryId: string) => Promise<void>;
  /** Throws when the engine does not answer. */
  probe: () => Promise<void>;
  close(): void;
}

/** The engine cannot start; `message` is the one line that says why and what to do. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
}

/** Kills and probes that may wait for each other; what is beyond is tried again by whoever needs it. */
const controlQueueMax = 256;

const noScope: StatementScope = { database: 'default', settings: new Map(), params: new Map() };
const neverAborted = new AbortController().signal;

/**
 * Opens `<DATA_DIR>/clickhouse`, made when absent, and makes the database. Throws EngineStartError when the key is not the
 * data's, another engine holds the directory, or any active part does not lie on an encrypted disk.
 */
export async function openEmbeddedEngine(env: EngineEnv): Promise<EmbeddedEngine> {
  const engineDir = join(env.DATA_DIR, 'clickhouse');
  mkdirSync(engineDir, { recursive: true, mode: 0o700 });
  const key = checkDiskKey(engineDir, env[diskKeyVariable]);
  if (!key.ok) throw new EngineStartError(key.message);
  const configFile = writeDiskConfig({ engineDir, memoryBytesMax: mebibytes(env.ENGINE_MEMORY_MIB_MAX) });
  const settings = engineSettings(env);
  const open = () => openEngineSession({ path: join(engineDir, 'engine'), configFile, settings });
  // The first session takes the lock on the directory; only its holder may empty the spool.
  const first = openFirst(open, engineDir);
  const spool = openSpool({ dataDir: engineDir, bytesMax: mebibytes(env.ENGINE_SPOOL_MIB_MAX) });
  await first.run(`CREATE DATABASE IF NOT EXISTS ${env.CLICKHOUSE_DATABASE}`, 'TSV', noScope);
  await closeDefaultDatabase(first);
  await requireEncryption(first);
  const [version = '', timezone = '', displayName = ''] = await readRow(
    first,
    'SELECT version(), timezone(), hostName()',
  );
  const sizes = { query: env.ENGINE_QUERY_SESSIONS, ingest: env.ENGINE_INGEST_SESSIONS, control: controlSessions };
  const pipes = spool.makePipes(sizes.query + sizes.ingest + sizes.control);
  const pool = createSessionPool({
    open,
    sizes,
    pipes,
    queueMax: { query: env.ENGINE_QUEUE_MAX, ingest: env.ENGINE_QUEUE_MAX, control: controlQueueMax },
  });
  const control = async (sql: string) => {
    const lease = await pool.acquire('control', neverAborted);
    try {
      await lease.session.run(sql, 'TSV', noScope);
    } finally {
      lease.release('clean');
    }
  };
  return {
    pool,
    spool,
    identity: { version, timezone, displayName },
    killInEngine: (queryId) => control(`KILL QUERY WHERE Settings['log_comment'] = ${sqlLiteral(queryId)} ASYNC`),
    probe: () => control('SELECT 1'),
    close: () => {
      pool.close();
      first.close();
      spool.remove();
    },
  };
}

function mebibytes(count: number): number {
  return count * 1024 * 1024;
}

/** Defaults of every session: those of a server where clickhouse-local differs, the limits, and nothing that would spill to disk in the clear. */
function engineSettings(env: EngineEnv): Map<string, string> {
  return new Map([
    ['implicit_select', '0'],
    ['allow_introspection_functions', '0'],
    ['async_insert', '0'],
    ['max_query_size', String(mebibytes(64))],
    ['max_memory_usage', String(mebibytes(env.ENGINE_QUERY_MEMORY_MIB_MAX))],
    ['max_execution_time', String(env.ENGINE_QUERY_SECONDS_MAX)],
    ['max_bytes_before_external_group_by', '0'],
    ['max_bytes_before_external_sort', '0'],
    ['max_bytes_ratio_before_external_group_by', '0'],
    ['max_bytes_ratio_before_external_sort', '0'],
  ]);
}

function openFirst(open: () => EngineSession, engineDir: string): EngineSession {
  try {
    return open();
  } catch (cause) {
    // libchdb has written its own reason to stderr; what it throws says only that it failed.
    const message = `${engineDir} cannot be opened: another engine is using it, or it is damaged (reason above)`;
    throw new EngineStartError(message, { cause });
  }
}

/**
 * At every start `default` is a database in which each file of this machine is a table: an ordinary one takes its place. One in which
 * somebody has made tables is left as it is, since it cannot be replaced without them.
 */
async function closeDefaultDatabase(session: EngineSession): Promise<void> {
  const [tables] = await readRow(session, "SELECT count() FROM system.tables WHERE database = 'default'");
  if (tables === '0')
    await session.run('DROP DATABASE default SYNC; CREATE DATABASE default ENGINE = Atomic', 'TSV', noScope);
}

async function requireEncryption(session: EngineSession): Promise<void> {
  const [count = '', sample = ''] = await readRow(
    session,
    `SELECT count(), any(concat(p.database, '.', p.table, ' on disk ', p.disk_name)) FROM system.parts AS p
     LEFT JOIN system.disks AS d ON d.name = p.disk_name WHERE p.active AND NOT d.is_encrypted`,
  );
  if (count !== '0')
    throw new EngineStartError(`${count} parts lie on a disk that is not encrypted, one of them in ${sample}`);
}

async function readRow(session: EngineSession, sql: string): Promise<string[]> {
  const { text } = await session.run(sql, 'TabSeparatedRaw', noScope);
  return Buffer.from(text).toString().trimEnd().split('\t');
}
