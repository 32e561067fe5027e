import type { ClickHouseLogin } from '@deskwire/clickhouse/connect';
import type { NatsLogin } from '@deskwire/runtime/nats';
import { untilSaysReady } from '@deskwire/supervisor/service-child';
import type { Watchdog } from '@deskwire/supervisor/watchdog';
import { createPart, spawnLogged, type Part } from './part.ts';

export interface ServicePartOptions {
  name: string;
  /** What it runs, e.g. `ingest/src/main.ts`. */
  main: string;
  clickhouse: ClickHouseLogin;
  nats: NatsLogin;
  masterKey: Buffer;
  logFile: string;
  /** More variables, e.g. `INGEST_LEASE_MS` or `DESK_LEASE_MS`. */
  env?: Record<string, string>;
  watchdog: Watchdog;
  onSurprise?: (name: string, how: string) => void;
}

/** One of the workers that stand by for each other: ingest or desk. Ready when it runs, be it as the standby of another one. */
export function createServicePart(options: ServicePartOptions): Part {
  const { name, main, clickhouse, nats, masterKey, logFile, env = {}, ...rest } = options;
  const variables = { ...clickhouse, ...nats, MASTER_KEY: masterKey.toString('base64'), ...env };
  return createPart({
    name,
    spawn: () => spawnLogged(main, variables, logFile),
    untilReady: (child) => untilSaysReady(child, AbortSignal.timeout(120_000)),
    ...rest,
  });
}
