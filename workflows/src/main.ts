import { connectClickHouse } from '@deskwire/clickhouse/connect';
import type { PartHealth } from '@deskwire/contracts/health';
import { EnvError, parseEnv } from '@deskwire/runtime/env';
import { serveHealth } from '@deskwire/runtime/health';
import { connectNats, inboxPrefix } from '@deskwire/runtime/nats';
import { runService } from '@deskwire/runtime/service';
import { openVault } from '@deskwire/vault/vault';
import { WrongMasterKeyError } from '@deskwire/vault/vault-error';
import { openBusinessHours } from './business-hours.ts';
import { watchConnection } from './connection-lost.ts';
import { describeDesk } from './describe-desk.ts';
import type { DeskDoors } from './desk-session.ts';
import { workflowsEnv } from './env.ts';
import { createMetrics } from './metrics.ts';
import { runDesk, type DeskState } from './run-desk.ts';

/** The desk asks the ledger for positions only; what does not answer sooner counts as away. */
const queryTimeoutMs = 5_000;

await runService('workflows', async ({ log, onStop }) => {
  const env = parseEnv(workflowsEnv, process.env);
  const nc = await connectNats(env, 'workflows');
  onStop(() => nc.close());
  // Messages come on a connection of their own: acknowledgements would queue behind 16 MiB of them.
  const messages = await connectNats(env, 'workflows');
  onStop(() => messages.close());
  const js = nc.jetstream();
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  const client = connectClickHouse(env, 'workflows', queryTimeoutMs);
  onStop(() => client.close());
  const vault = await openVault({
    kv: await js.views.kv('keys', { bindOnly: true }),
    masterKey: env.MASTER_KEY,
    onWatchBroken: (cause) => log.warn({ err: cause }, 'the watch for destroyed keys broke; it is begun again'),
  }).catch((error: unknown) => {
    throw error instanceof WrongMasterKeyError ? new EnvError(error.message) : error;
  });
  onStop(() => vault.close());
  const hours = await openBusinessHours(await js.views.kv('config', { bindOnly: true }), env.TIME_ZONE, log);
  onStop(hours.close);

  const metrics = createMetrics();
  const doors: DeskDoors = {
    ...{ messages, nc, js, jsm, client, vault, log, metrics, inboxPrefix: inboxPrefix('workflows') },
    connectionLost: watchConnection(nc),
    customers: await js.views.kv('customers', { bindOnly: true }),
    calendar: hours.calendar,
    limits: {
      cacheTicketsMax: env.DESK_CACHE_TICKETS_MAX,
      cacheCustomersMax: env.DESK_CACHE_CUSTOMERS_MAX,
      windowMax: env.DESK_WINDOW_MAX,
      heldMax: env.DESK_HELD_MAX,
      revisionsKept: env.DESK_REVISIONS_KEPT,
    },
  };
  const stop = new AbortController();
  let state: DeskState = { state: 'standby' };
  let since = new Date().toISOString();
  const running = runDesk(
    doors,
    {
      leases: await js.views.kv('leases', { bindOnly: true }),
      leaseMs: env.DESK_LEASE_MS,
      onState: (next) => {
        if (next.state === 'retrying') metrics.interruptions.inc();
        if (next.state !== state.state) since = new Date().toISOString();
        state = next;
      },
    },
    stop.signal,
  );
  onStop(async () => {
    stop.abort(new Error('the process is stopping'));
    await running;
  });
  const check = (): PartHealth => ({
    ...{ part: 'workflows', since },
    ...describeDesk(state, env.DESK_HELD_MAX),
  });
  const health = await serveHealth({
    part: 'workflows',
    host: env.BIND_HOST,
    port: env.WORKFLOWS_HEALTH_PORT,
    usualPort: 19_102,
    nc,
    check,
  });
  onStop(health.close);
  log.info({ healthPort: health.port }, 'the desk is up');
});
