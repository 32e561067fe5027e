import { fileURLToPath } from 'node:url';
import type { ClickHouseLogin } from '@deskwire/clickhouse/connect';
import type { NatsLogin } from '@deskwire/runtime/nats';
import { untilSaysReady } from '@deskwire/supervisor/service-child';
import type { Watchdog } from '@deskwire/supervisor/watchdog';
import { createPart, spawnLogged, type Part } from './part.ts';

export interface WorkflowsPartOptions {
  name: string;
  clickhouse: ClickHouseLogin;
  nats: NatsLogin;
  masterKey: Buffer;
  logFile: string;
  /** More variables, e.g. `DESK_LEASE_MS`. */
  env?: Record<string, string>;
  watchdog: Watchdog;
  onSurprise?: (name: string, how: string) => void;
}

const main = fileURLToPath(import.meta.resolve('@deskwire/workflows/main'));

/** One desk. Ready when it runs, be it as the standby of another one. */
export function createWorkflowsPart(options: WorkflowsPartOptions): Part {
  const { name, clickhouse, nats, masterKey, logFile, env = {}, ...rest } = options;
  const variables = { ...clickhouse, ...nats, MASTER_KEY: masterKey.toString('base64'), ...env };
  return createPart({
    name,
    spawn: () => spawnLogged(main, variables, logFile),
    untilReady: (child) => untilSaysReady(child, AbortSignal.timeout(120_000)),
    ...rest,
  });
}
