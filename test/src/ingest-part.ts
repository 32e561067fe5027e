import { fileURLToPath } from 'node:url';
import type { ClickHouseLogin } from '@deskwire/clickhouse/connect';
import type { NatsLogin } from '@deskwire/runtime/nats';
import { untilSaysReady } from '@deskwire/supervisor/service-child';
import type { Watchdog } from '@deskwire/supervisor/watchdog';
import { createPart, spawnLogged, type Part } from './part.ts';

export interface IngestPartOptions {
  name?: string;
  clickhouse: ClickHouseLogin;
  nats: NatsLogin;
  masterKey: Buffer;
  logFile: string;
  /** More variables, e.g. `INGEST_LEASE_MS`. */
  env?: Record<string, string>;
  watchdog: Watchdog;
  onSurprise?: (name: string, how: string) => void;
}

const main = fileURLToPath(import.meta.resolve('@deskwire/ingest/main'));

/** One ingest worker. Ready when it runs, be it as the standby of another one. */
export function createIngestPart(options: IngestPartOptions): Part {
  const { name = 'ingest', clickhouse, nats, masterKey, logFile, env = {}, ...rest } = options;
  const variables = { ...clickhouse, ...nats, MASTER_KEY: masterKey.toString('base64'), ...env };
  return createPart({
    name,
    spawn: () => spawnLogged(main, variables, logFile),
    untilReady: (child) => untilSaysReady(child, AbortSignal.timeout(120_000)),
    ...rest,
  });
}
