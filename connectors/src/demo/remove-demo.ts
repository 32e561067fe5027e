import type { ClickHouseClient } from '@clickhouse/client';
import { eraseSources, rejectedPositions } from '@deskwire/clickhouse/erase-sources';
import { streamTips } from '@deskwire/clickhouse/flow-queries';
import { kpiFacts } from '@deskwire/clickhouse/kpi/kpi-facts';
import { eventDispositions } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { demoSources, simulatedPrefix } from '@deskwire/contracts/demo';
import type { DeskEvent } from '@deskwire/contracts/event';
import { token } from '@deskwire/contracts/key-token';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { pause } from '@deskwire/streams/pause';
import { getMessage } from '@deskwire/streams/stream-door';
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
  // What is still on its way would come back: ingest and desk have to be through with it.
  const last = await untilAllApplied(doors, stop);
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

/** Says a last word until ingest and desk are through with it: EVENTS may lose it meanwhile. Answers its position. */
async function untilAllApplied(doors: RemovalDoors, stop: AbortSignal): Promise<number> {
  for (;;) {
    const last = await sayLastWord(doors);
    if ((await untilApplied(doors, last, stop)) === 'applied') return last;
  }
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
 * Waits until ledger and desk are through with this message. `lost`: EVENTS has it no longer, since it was made again, or put back as it
 * was before; nobody will ever come to it then.
 */
async function untilApplied({ client, js }: RemovalDoors, seq: number, stop: AbortSignal): Promise<'applied' | 'lost'> {
  // Not the patient one: what is asked while the broker restarts is never answered.
  const jsm = await js.jetstreamManager(false);
  const said = await getMessage(jsm, streams.events, seq);
  for (;;) {
    stop.throwIfAborted();
    const found = await getMessage(jsm, streams.events, seq).catch(() => said); // Asked again soon.
    if (said === undefined || found?.timestamp !== said.timestamp) return 'lost';
    if (await isApplied(client, seq, said.time.getTime())) return 'applied';
    await pause(askAgainMs, stop);
  }
}

/**
 * Whether the ledger of events has the message of this position and time, in whichever epoch, and the newest stored change, which another
 * feed writes, says that the desk has applied everything up to it.
 */
async function isApplied(client: ClickHouseClient, seq: number, timeMs: number): Promise<boolean> {
  const [facts] = await runQuery(client, kpiFacts, { from: '2000-01-01 00:00:00', to: '2000-01-01 00:00:01' });
  const tips = await runQuery(client, streamTips, { table: 'events' });
  const place = { epochs: tips.map(({ epoch }) => epoch), seqs: [seq], idxs: [0] };
  const rows = await runQuery(client, eventDispositions, { stream: streams.events, ...place });
  const row = rows.find(({ received_at }) => Date.parse(received_at) === timeMs);
  if (facts === undefined || row === undefined) return false;
  return facts.floor_epoch > row.epoch || (facts.floor_epoch === row.epoch && facts.floor_seq >= seq);
}
