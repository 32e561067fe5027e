import type { ClickHouseClient } from '@clickhouse/client';
import { eraseSources, rejectedPositions } from '@deskwire/clickhouse/erase-sources';
import { kpiFacts } from '@deskwire/clickhouse/kpi/kpi-facts';
import { eventDispositions } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { demoSources, simulatedPrefix } from '@deskwire/contracts/demo';
import type { DeskEvent } from '@deskwire/contracts/event';
import { token } from '@deskwire/contracts/key-token';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { pause } from '@deskwire/streams/pause';
import type { JetStreamClient, JetStreamManager } from 'nats';

export interface RemovalDoors {
  js: JetStreamClient;
  /** Patient: a purge of a large stream takes its time. */
  jsm: JetStreamManager;
  /** Patient too: whole tables are rewritten. */
  client: ClickHouseClient;
  /** Unix time, ms. */
  now: () => number;
}

const askAgainMs = 200;

/**
 * Removes everything that the simulated sources said, wherever it lies: rows, tickets, conversations, customers, keys, what
 * was refused, and their messages. Their feeds have to have ended. Each step may be done again, so whoever was interrupted
 * begins anew. Rejects when a part does not answer, or when `stop` aborts.
 */
export async function removeDemo(doors: RemovalDoors, stop: AbortSignal): Promise<void> {
  const { client, jsm } = doors;
  const last = await sayLastWord(doors);
  // What is still on its way would come back: ingest and desk have to be through with it.
  await untilApplied(doors, last, stop);
  // By position, which the rows still say.
  for (const { stream, epoch, seq, idx } of await runQuery(client, rejectedPositions, { prefix: simulatedPrefix })) {
    stop.throwIfAborted();
    await jsm.streams.purge(streams.quarantine, { filter: subjects.quarantine(stream, epoch, seq, idx) });
  }
  await eraseSources(client, simulatedPrefix);
  for (const source of demoSources) {
    stop.throwIfAborted();
    const segment = token(source);
    await jsm.streams.purge(streams.tickets, { filter: `tickets.${segment}.>` });
    await jsm.streams.purge(streams.conversations, { filter: `conversation.${segment}.>` });
    await jsm.streams.purge('KV_customers', { filter: `$KV.customers.${segment}.>` });
    for (const owner of ['t', 'c']) await jsm.streams.purge('KV_keys', { filter: `$KV.keys.${owner}.${segment}.>` });
    // The last word itself stays: by it ingest and desk recognise the stream after a restart.
    await jsm.streams.purge(streams.events, { filter: subjects.settlementsOf(source), seq: last });
    await jsm.streams.purge(streams.events, { filter: subjects.retirementsOf(source), seq: last });
    await jsm.streams.purge(streams.events, { filter: subjects.eventsOf(source), seq: last });
  }
  await jsm.streams.purge('KV_cursors', { filter: '$KV.cursors.demo.>' });
}

/** One more heartbeat, behind everything else that was said; answers its position. It says nothing of anybody. */
async function sayLastWord({ js, now }: RemovalDoors): Promise<number> {
  const [source] = demoSources;
  const time = new Date(now()).toISOString();
  const event: DeskEvent = {
    ...{ specversion: '1.0', source: `${source}/demo`, id: `removal-${now()}`, time, type: 'source.heartbeat' },
    data: { cursor: time, sent_count: 0, interval_s: 86_400 },
  };
  return (await js.publish(subjects.event(source, event.type), JSON.stringify(event))).seq;
}

/**
 * Waits until the newest stored change says that the desk has applied everything up to this position, and the ledger of events, which
 * another feed writes, has this very message there.
 */
async function untilApplied({ client, jsm }: RemovalDoors, seq: number, stop: AbortSignal): Promise<void> {
  const { time } = await jsm.streams.getMessage(streams.events, { seq });
  for (;;) {
    stop.throwIfAborted();
    const [facts] = await runQuery(client, kpiFacts, { from: '2000-01-01 00:00:00', to: '2000-01-01 00:00:01' });
    if (facts !== undefined && facts.floor_seq >= seq) {
      const place = { epochs: [facts.floor_epoch], seqs: [seq], idxs: [0] };
      const [row] = await runQuery(client, eventDispositions, { stream: streams.events, ...place });
      if (row !== undefined && Date.parse(row.received_at) === time.getTime()) return;
    }
    await pause(askAgainMs, stop);
  }
}
