import { z } from 'zod';
import { alertEntry } from './alert.ts';
import { dispositions } from './reasons.ts';

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

/** Announced after each stored batch, on `ingest.committed`. `watermark`: JetStream time of the last message in it. */
export const ingestCommitted = z.object({
  stream: z.string(),
  epoch: count,
  seq: count,
  rows: count,
  watermark: time,
  at: time,
});
export type IngestCommitted = z.infer<typeof ingestCommitted>;

/** One source's part of the ledger. `received` = accepted + duplicate + rejected. Rate in events/s over the last 10 s. */
export const flowSource = z.object({
  source: z.string(),
  state: z
    .enum(['live', 'idle', 'silent', 'unannounced', 'retired'])
    .describe(
      'silent: no heartbeat for 3 of its intervals; unannounced: never sent one; retired: said that no more will come',
    ),
  received: count,
  accepted: count,
  duplicate: count,
  rejected: count,
  ratePerS: z.number().nonnegative(),
  /** Latest event time of the source among accepted events. */
  lastEventAt: time.nullable(),
  /** When its last event reached the stream. */
  lastReceivedAt: time.nullable(),
  watermark: time
    .nullable()
    .describe(
      'everything of it that reached EVENTS before is stored: the stream’s watermark, but not beyond its last heartbeat when it is silent, nor beyond its last event when it sends none',
    ),
  missing: z
    .object({ events: count, from: time, to: time })
    .optional()
    .describe(
      'events that it says it has sent between these two heartbeats, and that have not arrived two heartbeats later',
    ),
  simulated: z.literal(true).optional().describe('invented: its name begins with "demo-"'),
  heartbeat: z.object({ at: time, cursor: z.string(), intervalS: z.number(), sentCount: count }).nullable(),
});
export type FlowSource = z.infer<typeof flowSource>;

/** A range of stream positions whose messages are gone for good, with the reason. Whose they were is not known. */
export const flowGap = z.object({
  stream: z.string(),
  epoch: count,
  fromSeq: count,
  toSeq: count,
  reason: z.enum(['retention', 'deleted', 'erased', 'lost']),
  detectedAt: time,
  arrivedAfter: time.nullable().describe('when the message before it reached the stream; null where none is known'),
  arrivedBefore: time.nullable().describe('when the message behind it reached the stream; null while none did'),
});
export type FlowGap = z.infer<typeof flowGap>;

/** One stream's proof: what the ledger holds against what the stream says it received. */
export const flowStream = z.object({
  stream: z.string(),
  epoch: count,
  committedSeq: count.describe('last position stored'),
  headSeq: count.nullable().describe('last position of the stream; null when NATS does not answer'),
  lagMessages: count.nullable(),
  /** All messages up to this JetStream time are in the ledger; equals `at` when nothing is pending. */
  watermark: time.nullable(),
  messages: count,
  rows: count,
  /** Positions that neither hold a row nor lie in a recorded gap. */
  missing: count,
  balanced: z.boolean().describe('positions, rows and recorded gaps add up'),
  madeAgainAt: time
    .optional()
    .describe('when it was made again last: from then on it has nothing in common with what is stored from before'),
});
export type FlowStream = z.infer<typeof flowStream>;

/** The data flow as a whole: what `GET /api/v1/flow` answers and what channel `flow` carries. */
export const flowReport = z.object({
  at: time,
  state: z.enum(['complete', 'behind', 'incomplete', 'unknown']),
  why: z.string().nullable(),
  repeated: z
    .literal(true)
    .optional()
    .describe('it could not be read anew: these are the last known figures, and `why` says why'),
  totals: z.object({ received: count, accepted: count, duplicate: count, rejected: count, balanced: z.boolean() }),
  today: z
    .object({ from: time, received: count, accepted: count, duplicate: count, rejected: count })
    .describe('what reached the streams since `from`, when the day of the desk (TIME_ZONE) began'),
  ratePerS: z.number().nonnegative(),
  streams: z.array(flowStream),
  sources: z.array(flowSource),
  rejected: z.array(
    z.object({
      ...{ source: z.string(), reason: z.string(), count },
      waiting: count.describe('neither mended nor dismissed yet'),
    }),
  ),
  gaps: z.array(flowGap),
  alerts: z
    .array(alertEntry.omit({ detail: true }))
    .optional()
    .describe('the newest ten alerts, newest first; absent while NATS does not answer'),
});
export type FlowReport = z.infer<typeof flowReport>;

export const disposition = z.enum(dispositions);
