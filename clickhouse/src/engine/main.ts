import { mkdirSync, realpathSync } from 'node:fs';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { createLog } from '@deskwire/runtime/log';
import { drainPending } from 'chdb';

import { openEmbeddedEngine } from './embedded-engine.ts';
import { createEngineMetrics } from './engine-metrics.ts';
import { type EngineEnv, readEngineEnv } from './env.ts';
import { createHttpDoor } from './http-door.ts';
import { createRunningStatements } from './running-statements.ts';

const read = readEngineEnv(process.env);
if (!read.ok) {
  process.stderr.write(`engine: ${read.message}\n`);
  process.exit(1);
}
// Before the engine loads its zones: what it stores and shows must not depend on where the machine stands.
process.env['TZ'] = 'UTC';
const log = createLog('engine', read.env.LOG_LEVEL);
try {
  await start(read.env);
} catch (error) {
  process.stderr.write(`engine: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function start(given: EngineEnv): Promise<void> {
  mkdirSync(given.DATA_DIR, { recursive: true, mode: 0o700 });
  // One spelling of the directory, whatever it is reached by: lock and spool hang on it.
  const env = { ...given, DATA_DIR: realpathSync(given.DATA_DIR) };
  const engine = await openEmbeddedEngine(env);
  const running = createRunningStatements({ killInEngine: engine.killInEngine, wait: (ms) => wait(ms) });
  let stopping = false;
  const server = createHttpDoor({
    parts: {
      pool: engine.pool,
      running,
      spool: engine.spool,
      identity: engine.identity,
      clockNs: () => process.hrtime.bigint(),
    },
    login: { user: env.CLICKHOUSE_USER, password: env.CLICKHOUSE_PASSWORD },
    metrics: createEngineMetrics(),
    isStopping: () => stopping,
    probe: engine.probe,
  });

  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why, running: running.count() }, 'stopping');
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([running.idle(), wait(env.ENGINE_STOP_SECONDS_MAX * 1000)]);
    await Promise.race([running.killAll(), wait(env.ENGINE_STOP_SECONDS_MAX * 1000)]);
    server.closeAllConnections();
    await closed;
    engine.close();
    await Promise.race([drainPending(), wait(1000)]);
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('disconnect', () => void stop('the parent process went away'));

  const url = await listen(server, env).catch((error: unknown) => {
    engine.close();
    throw error;
  });
  log.info({ url, database: env.CLICKHOUSE_DATABASE, version: engine.identity.version }, 'engine is listening');
  process.send?.({ ready: true, url });
}

/** Resolves with the address. A port that is taken is an error in one line: a foreign server is never adopted. */
async function listen(server: Server, env: EngineEnv): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `CLICKHOUSE_PORT: ${env.CLICKHOUSE_PORT} on ${env.BIND_HOST} is taken by another program`;
      reject(cause.code === 'EADDRINUSE' ? new Error(taken, { cause }) : cause);
    });
    server.listen(env.CLICKHOUSE_PORT, env.BIND_HOST, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : env.CLICKHOUSE_PORT;
  return `http://${env.BIND_HOST.includes(':') ? `[${env.BIND_HOST}]` : env.BIND_HOST}:${port}`;
}
