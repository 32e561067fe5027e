import type { ClickHouseLogin } from '@deskwire/clickhouse/connect';
import { threadsNeeded } from '@deskwire/clickhouse/engine/env';
import { newPassword } from '@deskwire/supervisor/password';
import { untilSaysReady } from '@deskwire/supervisor/service-child';
import type { Watchdog } from '@deskwire/supervisor/watchdog';
import { deriveKey } from '@deskwire/vault/master-key';
import { createPart, spawnLogged, type Part } from './part.ts';

export interface EnginePart {
  part: Part;
  /** With the engine's own address. */
  login: ClickHouseLogin;
}

export interface EnginePartOptions {
  dataDir: string;
  port: number;
  masterKey: Buffer;
  logFile: string;
  watchdog: Watchdog;
  onSurprise?: (name: string, how: string) => void;
}

const main = 'clickhouse/src/engine/main.ts';
const sessions = { ENGINE_QUERY_SESSIONS: 3, ENGINE_INGEST_SESSIONS: 2 };

/** 64 hexadecimal characters. */
export const diskKeyOf = (masterKey: Buffer) => deriveKey(masterKey, 'clickhouse-disk').toString('hex');

/** The embedded engine on one port, with one password and key however often it is started again. */
export function createEnginePart({ dataDir, port, masterKey, logFile, ...rest }: EnginePartOptions): EnginePart {
  const login = {
    CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
    CLICKHOUSE_USER: 'deskwire',
    CLICKHOUSE_PASSWORD: newPassword(),
    CLICKHOUSE_DATABASE: 'deskwire',
  };
  const env = {
    ...login,
    ...Object.fromEntries(Object.entries(sessions).map(([name, count]) => [name, String(count)])),
    UV_THREADPOOL_SIZE: String(threadsNeeded(sessions)),
    DATA_DIR: dataDir,
    CLICKHOUSE_PORT: String(port),
    CLICKHOUSE_DISK_KEY: diskKeyOf(masterKey),
  };
  const part = createPart({
    name: 'engine',
    spawn: () => spawnLogged(main, env, logFile),
    untilReady: (child) => untilSaysReady(child, AbortSignal.timeout(120_000)),
    ...rest,
  });
  return { part, login };
}
