import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { EnvError, parseEnv } from '@deskwire/runtime/env';
import { serveHealth } from '@deskwire/runtime/health';
import { connectNats, inboxPrefix } from '@deskwire/runtime/nats';
import { runService } from '@deskwire/runtime/service';
import { openVault } from '@deskwire/vault/vault';
import { WrongMasterKeyError } from '@deskwire/vault/vault-error';
import { createDeduper } from './dedupe.ts';
import { ingestEnv } from './env.ts';
import { createEventsFeed } from './events-feed.ts';
import { createIdFilter } from './id-filter.ts';
import { lookUpIds, seedFilter } from './id-lookup.ts';
import { countStored, createMetrics } from './metrics.ts';
import { quarantine } from './quarantine.ts';
import { runFeed, type FeedState } from './run-feed.ts';
import type { SessionDoors } from './session.ts';

/** Duplicates are recognised over at least this long. */
const dedupHorizonMs = 72 * 3_600_000;
/** An insert that takes longer is given up; the ledger then says whether it arrived. */
const insertTimeoutMs = 60_000;

await runService('ingest', async ({ log, onStop }) => {
  const env = parseEnv(ingestEnv, process.env);
  const nc = await connectNats(env, 'ingest');
  onStop(() => nc.close());
  // Messages come on a connection of their own: replies to leases, keys and quarantine would queue behind 16 MiB of them.
  const messages = await connectNats(env, 'ingest');
  onStop(() => messages.close());
  const js = nc.jetstream();
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  const client = connectClickHouse(env, 'ingest', insertTimeoutMs);
  onStop(() => client.close());
  const vault = await openVault({
    kv: await js.views.kv('keys', { bindOnly: true }),
    masterKey: env.MASTER_KEY,
    onWatchBroken: (cause) => log.warn({ err: cause }, 'the watch for destroyed keys broke; it is begun again'),
  }).catch((error: unknown) => {
    throw error instanceof WrongMasterKeyError ? new EnvError(error.message) : error;
  });
  onStop(() => vault.close());

  const metrics = createMetrics();
  const filter = createIdFilter({ sizeBytes: env.INGEST_ID_FILTER_BYTES, horizonMs: dedupHorizonMs, now: Date.now });
  const deduper = createDeduper(filter, (hashes) => lookUpIds(client, hashes));
  const feed = createEventsFeed({
    vault,
    deduper,
    putAside: (epoch, entries) => quarantine(js, vault, { stream: streams.events, epoch }, entries),
    seed: async () => {
      metrics.filterSeed.set(await seedFilter(client, filter, Date.now() - dedupHorizonMs));
    },
    onStored: (counts) => countStored(metrics, counts),
  });
  const doors: SessionDoors = {
    ...{ messages, jsm, client, log, inboxPrefix: inboxPrefix('ingest') },
    now: Date.now,
    announce: (committed) => {
      metrics.batchRows.observe(committed.rows);
      metrics.watermark.set(Date.parse(committed.watermark) / 1_000);
      nc.publish(subjects.ingestCommitted, JSON.stringify(committed));
    },
    limits: {
      rowsMax: env.INGEST_BATCH_ROWS_MAX,
      bytesMax: env.INGEST_BATCH_BYTES_MAX,
      waitMs: env.INGEST_BATCH_WAIT_MS,
    },
    conditional: env.INGEST_UNSAFE_NO_CONDITION === undefined,
  };

  const stop = new AbortController();
  let state: FeedState = { state: 'standby' };
  let since = new Date().toISOString();
  const onState = (next: FeedState) => {
    if (next.state === 'retrying') metrics.interruptions.inc();
    if (next.state !== state.state) since = new Date().toISOString();
    state = next;
  };
  const running = runFeed(
    feed,
    doors,
    { leases: await js.views.kv('leases', { bindOnly: true }), leaseMs: env.INGEST_LEASE_MS, onState },
    stop.signal,
  );
  onStop(async () => {
    stop.abort(new Error('the process is stopping'));
    await running;
  });
  const health = await serveHealth({
    part: 'ingest',
    host: env.BIND_HOST,
    port: env.INGEST_HEALTH_PORT,
    nc,
    check: () => ({ part: 'ingest', ready: state.state !== 'retrying', detail: describe(state), since }),
  });
  onStop(health.close);
  log.info({ healthPort: health.port }, 'ingest is up');
});

function describe(state: FeedState): string {
  switch (state.state) {
    case 'reading':
      return 'storing events';
    case 'standby':
      return 'another worker is storing events; this one takes over when it stops';
    case 'retrying':
      return `interrupted, begins again from the ledger: ${state.why}`;
    default:
      return state satisfies never;
  }
}
