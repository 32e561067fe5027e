import type { ClickHouseClient } from '@clickhouse/client';
import { sourceHeartbeat } from '@deskwire/contracts/event-customer';
import { segmentOf } from '@deskwire/contracts/desk-id';
import { nameOfRejected, parseRejectedName } from '@deskwire/contracts/rejected';
import { isWholeMessage } from '@deskwire/contracts/reasons';
import { streams } from '@deskwire/contracts/subjects';
import { z } from 'zod';
import { flowSources } from './flow-queries.ts';
import { arrivedSince, dismissedSince, eventDispositions } from './ledger-queries.ts';
import { runQuery } from './query.ts';

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

/**
 * What ingest adds to the row of a heartbeat, in `data` under "counted": how many events fewer than it says have arrived of its source.
 * `short` is what this heartbeat misses, below zero what arrived and it does not count yet; `missing` what two in a row miss. That happened
 * between `from` and `to`, JetStream times of heartbeats.
 */
export const sentRecord = z.object({
  short: z.number().int(),
  missing: count,
  from: time.nullable(),
  to: time.nullable(),
});
export type SentRecord = z.infer<typeof sentRecord>;

/**
 * The stored part of a heartbeat; `counted` is absent in rows of earlier versions and in those read again after a loss. `sent_count` is
 * the newest, where this heartbeat was overtaken by the one that says it (`said_at`: the time of that event).
 */
export const storedHeartbeat = sourceHeartbeat
  .extend({
    /** Longer than it was sent, where an address in it is hidden. */
    cursor: z.string(),
    counted: sentRecord
      .extend({ epoch: count, seq: count, idx: count, sent: count.optional(), said_at: time.optional() })
      .optional(),
  })
  .transform((beat) => ({ ...beat, sent_count: beat.counted?.sent ?? beat.sent_count }));

/** The last heartbeat of a source, and how many of its events arrived since. */
export interface HeardHeartbeat {
  source: string;
  sent: number;
  /** Time of the event that says so, ISO; '' in rows of earlier versions. */
  saidAt: string;
  /** JetStream time, ISO. */
  at: string;
  arrived: number;
  record: SentRecord;
  /** When the newest message came that nobody could read and that was dismissed since, ISO; '' where none was. */
  unreadAt: string;
}

/** A rejected event: the source under which it was counted, why, and its JetStream time, ISO. */
export interface CountedRejected {
  source: string;
  reason: string;
  receivedAt: string;
}

/** Of every source whose last heartbeat was counted. Costs what arrived since the oldest of them. Throws QueryError. */
export async function readHeardHeartbeats(client: ClickHouseClient, stream: string): Promise<HeardHeartbeat[]> {
  const rows = await runQuery(client, flowSources, { today: '1970-01-01' });
  const heard = rows.flatMap(({ source, disposition, heartbeat_at: at, heartbeat_data: beat }) =>
    disposition === 'accepted' && at !== null && beat?.counted !== undefined
      ? [{ source, at, sent: beat.sent_count, saidAt: beat.counted.said_at ?? '', record: beat.counted }]
      : [],
  );
  if (heard.length === 0) return [];
  const since = await runQuery(client, arrivedSince, {
    stream,
    sources: heard.map(({ source }) => source),
    epochs: heard.map(({ record }) => record.epoch),
    seqs: heard.map(({ record }) => record.seq),
    idxs: heard.map(({ record }) => record.idx),
  });
  const arrivedOf = new Map(since.map(({ source, arrived }) => [source, arrived]));
  const oldest = heard.map(({ record }) => record).reduce((best, one) => (isBehind(best, one) ? one : best));
  const dismissals = await readDismissedMessages(client, oldest);
  return heard.map(({ record, ...rest }) => ({
    ...{ ...rest, arrived: arrivedOf.get(rest.source) ?? 0 },
    record: sentRecord.parse(record),
    unreadAt: dismissals
      .filter(({ source, at }) => source === segmentOf(rest.source) && isBehind(at, record))
      .reduce((newest, { receivedAt }) => (receivedAt > newest ? receivedAt : newest), ''),
  }));
}

interface Position {
  epoch: number;
  seq: number;
}
const isBehind = (one: Position, other: Position) =>
  one.epoch > other.epoch || (one.epoch === other.epoch && one.seq > other.seq);

/** What was refused as a whole message and dismissed behind a position. */
async function readDismissedMessages(client: ClickHouseClient, position: Position) {
  const dismissals = await runQuery(client, dismissedSince, position);
  const rejected = await readCountedRejected(
    client,
    dismissals.map(({ settles }) => settles),
  );
  return dismissals.flatMap(({ settles, ...at }) => {
    const of = rejected.get(settles);
    return of !== undefined && isWholeMessage(of.reason) ? [{ ...of, at }] : [];
  });
}

/** A server takes 128 KiB a parameter; a position has up to 17 characters. */
const namesAtOnce = 5_000;

/** Those of these that were rejected, by their names. Throws QueryError. */
export async function readCountedRejected(
  client: ClickHouseClient,
  names: string[],
): Promise<Map<string, CountedRejected>> {
  const found = new Map<string, CountedRejected>();
  for (let first = 0; first < names.length; first += namesAtOnce) {
    const places = names.slice(first, first + namesAtOnce).flatMap((name) => parseRejectedName(name) ?? []);
    const rows = await runQuery(client, eventDispositions, {
      stream: streams.events,
      epochs: places.map(({ epoch }) => epoch),
      seqs: places.map(({ seq }) => seq),
      idxs: places.map(({ idx }) => idx),
    });
    for (const { source, disposition, reason, received_at: receivedAt, ...place } of rows)
      if (disposition === 'rejected')
        found.set(nameOfRejected({ stream: streams.events, ...place }), { source, reason, receivedAt });
  }
  return found;
}
