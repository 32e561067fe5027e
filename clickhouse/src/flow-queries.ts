import { z } from 'zod';
import { dispositions } from '@deskwire/contracts/reasons';
import { count, defineQuery, timeOrNull } from './query.ts';
import { storedHeartbeat } from './sent-record.ts';

const file = (name: string) => new URL(`queries/${name}.sql`, import.meta.url);
const none = z.object({});

/** The stored part of a heartbeat, as JSON text; '' where the source never sent one. What cannot be read is none: others can. */
const heartbeatData = z
  .string()
  .transform((text) => (text === '' ? null : (storedHeartbeat.safeParse(JSON.parse(text)).data ?? null)));

export const flowSources = defineQuery(
  file('flow-sources'),
  z.object({ today: z.iso.date() }),
  z.object({
    source: z.string(),
    disposition: z.enum(dispositions),
    reason: z.string(),
    events: count,
    events_today: count,
    last_event_at: timeOrNull,
    last_received_at: timeOrNull,
    heartbeat_at: timeOrNull,
    heartbeat_data: heartbeatData,
  }),
);

/** `from`: UTC text, a whole minute. */
export const flowToday = defineQuery(
  file('flow-today'),
  z.object({ from: z.string() }),
  z.object({ disposition: z.enum(dispositions), events: count }),
);

export const flowRates = defineQuery(
  file('flow-rates'),
  z.object({ at: z.string(), seconds: z.number().int().positive() }),
  z.object({ source: z.string(), events: count }),
);

/** `times`, `to`: UTC text. */
export const spokeSince = defineQuery(
  file('spoke-since'),
  z.object({ sources: z.array(z.string()), times: z.array(z.string()), to: z.string() }),
  z.object({ source: z.string() }),
);

/** Rejected events that were mended or dismissed. */
export const settledCounts = defineQuery(
  file('settled-counts'),
  z.object({ stream: z.string() }),
  z.object({ source: z.string(), reason: z.string(), settled: count }),
);

export const streamTips = defineQuery(
  file('stream-tips'),
  z.object({ table: z.string() }),
  z.object({
    stream: z.string(),
    epoch: count,
    first_seq: count,
    last_seq: count,
    messages: count,
    /** Of their positions, modulo 2^64. */
    seq_sum: z.string().regex(/^\d+$/).transform(BigInt),
    rows_announced: count,
    rows: count,
    last_ingested_at: timeOrNull,
  }),
);

/** Of the first position that is left of each epoch. */
export const firstArrivals = defineQuery(
  file('first-arrivals'),
  z.object({ table: z.string() }),
  z.object({ stream: z.string(), epoch: count, first_at_us: count }),
);

/** When messages beside gaps reached their stream. */
export const gapNeighbours = defineQuery(
  file('gap-neighbours'),
  z.object({ table: z.string(), stream: z.string() }),
  z.object({ stream: z.string(), epoch: count, seq: count, arrived_at: z.iso.datetime() }),
);

export const recordedGaps = defineQuery(
  file('gaps'),
  none,
  z.object({
    stream: z.string(),
    epoch: count,
    from_seq: count,
    to_seq: count,
    reason: z.enum(['retention', 'deleted', 'erased', 'lost']),
    detected_at: z.iso.datetime(),
  }),
);
