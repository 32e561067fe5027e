import { Worker } from 'node:worker_threads';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { readCountedRejected, readHeardHeartbeats } from '@deskwire/clickhouse/sent-record';
import { repairTickets } from '@deskwire/clickhouse/tickets-repair';
import { lostTicketsAlert, unreadableTicketsAlert, withdrawnAlert, type Alert } from '@deskwire/contracts/alert';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { EnvError, parseEnv } from '@deskwire/runtime/env';
import { serveHealth } from '@deskwire/runtime/health';
import { connectNats, inboxPrefix } from '@deskwire/runtime/nats';
import { runService } from '@deskwire/runtime/service';
import { builtFile } from '@deskwire/runtime/built-service';
import { openVault } from '@deskwire/vault/vault';
import { WrongMasterKeyError } from '@deskwire/vault/vault-error';
import { insertQueryId } from './append.ts';
import { createDecoder } from './decoder.ts';
import { createDeduper } from './dedupe.ts';
import { ingestEnv } from './env.ts';
import { createEventsFeed } from './events-feed.ts';
import { createFeedHealth } from './feed-health.ts';
import type { Counted, Feed } from './feed.ts';
import { createIdFilter } from './id-filter.ts';
import { lookUpIds, seedFilter } from './id-lookup.ts';
import { countChanges, countStored, createMetrics } from './metrics.ts';
import { quarantine } from './quarantine.ts';
import { runFeed, type FeedState } from './run-feed.ts';
import { runNightly } from './self-check/nightly.ts';
import { runSelfCheck } from './self-check/run-self-check.ts';
import type { SessionDoors } from './session.ts';
import { createTicketsFeed } from './tickets-feed.ts';

/** Duplicates are recognised over at least this long. */
const dedupHorizonMs = 72 * 3_600_000;
/** An insert that takes longer is given up; the ledger then says whether it arrived. */
const insertTimeoutMs = 60_000;
/** The self-check reads whole tables, and what is withdrawn rewrites parts. */
const slowTimeoutMs = 300_000;

await runService('ingest', async ({ log, onStop }) => {
  const env = parseEnv(ingestEnv, process.env);
  const nc = await connectNats(env, 'ingest');
  onStop(() => nc.close());
  const js = nc.jetstream();
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  const client = connectClickHouse(env, 'ingest', insertTimeoutMs);
  onStop(() => client.close());
  const slowClient = connectClickHouse(env, 'ingest-slow', slowTimeoutMs);
  onStop(() => slowClient.close());
  const vault = await openVault({
    kv: await js.views.kv('keys', { bindOnly: true }),
    masterKey: env.MASTER_KEY,
    onWatchBroken: (cause) => log.warn({ err: cause }, 'the watch for destroyed keys broke; it is begun again'),
  }).catch((error: unknown) => {
    throw error instanceof WrongMasterKeyError ? new EnvError(error.message) : error;
  });
  onStop(() => vault.close());

  const metrics = createMetrics();
  const alert = ({ subject, body, msgID }: { subject: string; body: Alert; msgID?: string }) =>
    void js
      .publish(subject, JSON.stringify(body), msgID === undefined ? {} : { msgID })
      .catch((error: unknown) => log.error({ err: error, title: body.title }, 'could not publish an alert'));

  const filter = createIdFilter({ sizeBytes: env.INGEST_ID_FILTER_BYTES, horizonMs: dedupHorizonMs, now: Date.now });
  const decodeThread = {
    execArgv: ['--enable-source-maps'],
    env: { MASTER_KEY: env.MASTER_KEY.toString('base64') },
  };
  const decoder = createDecoder(() => new Worker(builtFile('ingest/src/decode-thread.ts'), decodeThread));
  onStop(() => decoder.close());
  const eventsFeed = createEventsFeed({
    decode: decoder.decode,
    vault,
    deduper: createDeduper(filter, (hashes) => lookUpIds(client, hashes)),
    putAside: (epoch, rows) =>
      quarantine(js, vault, { stream: streams.events, epoch, payloadMax: nc.info?.max_payload ?? 2 ** 20 }, rows),
    heard: () => readHeardHeartbeats(client, streams.events),
    rejected: (names) => readCountedRejected(client, names),
    seed: async () => {
      try {
        metrics.filterSeed.set(await seedFilter(client, filter, Date.now() - dedupHorizonMs));
      } catch (error) {
        log.warn({ err: error }, 'ids of the last days could not be read: every event is looked up until they are');
        throw error;
      }
    },
    onStored: (counts) => countStored(metrics, counts),
  });
  const ticketsFeed = createTicketsFeed({
    repair: async () => {
      const repaired = await repairTickets(client, insertQueryId(streams.tickets));
      if (repaired) log.warn('tickets and ticket_changes had different totals: every ticket was compared');
    },
    onUnreadable: (positions) => {
      log.error({ stream: streams.tickets, positions: positions.slice(0, 10) }, 'messages cannot be read');
      alert(unreadableTicketsAlert(positions, Date.now()));
    },
    onStored: (counts) => countChanges(metrics, counts),
  });

  const stop = new AbortController();
  const health = createFeedHealth([streams.events, streams.tickets], Date.now);
  const leases = await js.views.kv('leases', { bindOnly: true });
  const running: Promise<void>[] = [];

  /** Everything of one feed; whatever befalls it, the other one goes on. */
  async function start<Rows extends Counted>(feed: Feed<Rows>, waitMs: number): Promise<void> {
    // Messages come on a connection of their own: replies to leases, keys and quarantine would queue behind 16 MiB of them.
    const messages = await connectNats(env, 'ingest');
    onStop(() => messages.close());
    const doors: Omit<SessionDoors, 'onReading'> = {
      ...{ messages, jsm, client, slowClient, log, inboxPrefix: inboxPrefix('ingest') },
      now: Date.now,
      onWithdrawn: (withdrawal) => {
        log.error(withdrawal, 'the stream has lost messages that were stored: their rows are withdrawn');
        alert(withdrawnAlert(withdrawal, Date.now()));
      },
      onLost: (lost) => {
        log.error({ stream: feed.stream, ...lost }, 'the stream has lost messages that are stored');
        // An event that comes again is a duplicate. What is made again is not.
        if (feed.lostRows.are === 'withdrawn') alert(lostTicketsAlert(lost, Date.now()));
      },
      announce: (committed) => {
        metrics.batchRows.observe({ stream: feed.stream }, committed.rows);
        metrics.watermark.set({ stream: feed.stream }, Date.parse(committed.watermark) / 1_000);
        nc.publish(subjects.ingestCommitted, JSON.stringify(committed));
      },
      limits: { rowsMax: env.INGEST_BATCH_ROWS_MAX, bytesMax: env.INGEST_BATCH_BYTES_MAX, waitMs },
      conditional: env.INGEST_UNSAFE_NO_CONDITION === undefined,
    };
    const onState = (state: FeedState) => {
      if (state.state === 'retrying') metrics.interruptions.inc({ stream: feed.stream });
      health.set(feed.stream, state);
    };
    running.push(runFeed(feed, doors, { leases, leaseMs: env.INGEST_LEASE_MS, onState }, stop.signal));
  }
  await start(eventsFeed, env.INGEST_BATCH_WAIT_MS);
  await start(ticketsFeed, env.INGEST_TICKETS_WAIT_MS);
  running.push(
    runNightly(
      {
        ...{ zone: env.TIME_ZONE, isMine: () => health.isActive(streams.tickets), alert, log, clock: Date.now },
        check: () => runSelfCheck({ client: slowClient, js, jsm, now: Date.now }, stop.signal),
        onChecked: (at) => metrics.selfChecked.set(at),
      },
      stop.signal,
    ),
  );
  onStop(async () => {
    stop.abort(new Error('the process is stopping'));
    await Promise.all(running);
  });

  const { port, close } = await serveHealth({
    part: 'ingest',
    host: env.BIND_HOST,
    port: env.INGEST_HEALTH_PORT,
    usualPort: 19_101,
    nc,
    check: health.check,
  });
  onStop(close);
  log.info({ healthPort: port }, 'ingest is up');
});
