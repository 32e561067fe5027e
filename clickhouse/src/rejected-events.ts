import type { ClickHouseClient } from '@clickhouse/client';
import { nameOfRejected, type RejectedEvent, type RejectedPlace, type Settlement } from '@deskwire/contracts/rejected';
import { z } from 'zod';
import { count, defineQuery, runQuery, timeOrNull } from './query.ts';

const file = (name: string) => new URL(`queries/${name}.sql`, import.meta.url);

const row = z.object({
  ...{ stream: z.string(), epoch: count, seq: count, idx: count },
  received_us: z.string(),
  received_at: z.iso.datetime(),
  time: timeOrNull,
  ...{ source: z.string(), type: z.string(), id: z.string(), reason: z.string() },
  settled_at: timeOrNull,
  settled_type: z.string(),
  settled_disposition: z.string(),
});

const rejectedEvents = defineQuery(
  file('rejected-events'),
  z.object({
    ...{ source: z.string(), reason: z.string(), all: z.number(), before_us: z.string() },
    ...{ before_epoch: count, before_seq: count, before_idx: count, limit: count },
  }),
  row,
);

const rejectedEvent = defineQuery(
  file('rejected-event'),
  z.object({ stream: z.string(), epoch: count, seq: count, idx: count, name: z.string() }),
  row,
);

/** The last event of a page: those behind it were received before, or stand before it in the stream. */
export const rejectedBefore = z.object({ us: z.string().regex(/^\d{1,18}$/), epoch: count, seq: count, idx: count });
export type RejectedBefore = z.infer<typeof rejectedBefore>;

export interface RejectedQuestion {
  source?: string | undefined;
  reason?: string | undefined;
  state: 'waiting' | 'all';
  limit: number;
  before?: RejectedBefore | undefined;
}

/** One page of rejected events, newest first, with the place where the next one begins. Throws QueryError. */
export async function readRejectedEvents(
  client: ClickHouseClient,
  { source = '', reason = '', state, limit, before }: RejectedQuestion,
): Promise<{ events: RejectedEvent[]; next: RejectedBefore | null }> {
  const rows = await runQuery(client, rejectedEvents, {
    ...{ source, reason, all: state === 'all' ? 1 : 0, limit: limit + 1 },
    ...{ before_us: before?.us ?? latestUs, before_epoch: before?.epoch ?? 0 },
    ...{ before_seq: before?.seq ?? 0, before_idx: before?.idx ?? 0 },
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = last !== undefined && rows.length > limit;
  const next = more ? { us: last.received_us, epoch: last.epoch, seq: last.seq, idx: last.idx } : null;
  return { events: shown.map(toEvent), next };
}

/** The rejected event at a position; undefined when none was rejected there. Throws QueryError. */
export async function readRejectedEvent(
  client: ClickHouseClient,
  place: RejectedPlace,
): Promise<RejectedEvent | undefined> {
  const [found] = await runQuery(client, rejectedEvent, { ...place, name: nameOfRejected(place) });
  return found === undefined ? undefined : toEvent(found);
}

/** 2200: later than anything is received. */
const latestUs = String(Date.UTC(2200, 0, 1) * 1_000);

function toEvent(found: z.output<typeof row>): RejectedEvent {
  const { source, type, id, reason, received_at, time, settled_at } = found;
  const settled = settled_at === null ? null : { how: howOf(found), at: settled_at };
  return { name: nameOfRejected(found), source, type, id, received_at, time, reason, settled };
}

function howOf({ settled_type: type, settled_disposition: disposition }: z.output<typeof row>): Settlement['how'] {
  if (type === 'rejection.dismissed') return 'dismissed';
  return disposition === 'duplicate' ? 'was-there' : 'mended';
}
