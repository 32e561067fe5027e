import { z } from 'zod';
import { ticketPriority, ticketStatus } from './event-ticket.ts';

/** Version of everything in this file; a client of another major version is told to reload. */
export const hubProtocolVersion = 1;

const count = z.number().int().nonnegative();

/**
 * One message of a channel. `seq` grows within `epoch`; `prev` is the `seq` before it, so a client has found a gap if and
 * only if `prev` is beyond its last. `snapshot` and `frame` are whole, `delta` applies to what came before.
 */
export const frame = z.object({
  ch: z.string(),
  epoch: z.union([count, z.string()]),
  seq: count,
  prev: count,
  kind: z.enum(['snapshot', 'delta', 'frame']),
  /** The server's time: lag is counted from here, never from the browser's clock. */
  at: z.iso.datetime(),
  data: z.unknown(),
});
export type Frame = z.infer<typeof frame>;

/** Every 5 s and channel: `head` is the last `seq`, so that a lost last frame is noticed. */
export const hubHeartbeat = frame.pick({ ch: true, epoch: true, at: true }).extend({ head: count });
export type HubHeartbeat = z.infer<typeof hubHeartbeat>;

/** With `epoch` and `seq` the client resumes; the answer is a complete replay or a snapshot, never a part. */
export const subscribe = z.object({
  ch: z.string().max(720),
  epoch: frame.shape.epoch.optional(),
  seq: count.optional(),
});
export type Subscribe = z.infer<typeof subscribe>;

export const unsubscribe = subscribe.pick({ ch: true });

export const errorCode = z.enum(['forbidden', 'not-found', 'stale', 'invalid', 'unavailable']);
export type ErrorCode = z.infer<typeof errorCode>;
export const hubError = z.object({
  code: errorCode,
  message: z.string(),
  merge: z.record(z.string(), z.unknown()).optional(),
});
export type HubError = z.infer<typeof hubError>;

export const subscribeAck = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: hubError }),
]);
export type SubscribeAck = z.infer<typeof subscribeAck>;

const addressed = {
  txid: z.string().min(1).max(100),
  ticket_id: z.string().min(1).max(700),
  version: count.optional(),
};
const text = z
  .string()
  .min(1)
  .max(64 * 1024);

/** What a person can do to a ticket. A repeated `txid` answers as the first time did. */
export const command = z.discriminatedUnion('name', [
  z.object({ ...addressed, name: z.literal('claim') }),
  z.object({ ...addressed, name: z.literal('assign'), assignee: z.string().optional(), team: z.string().optional() }),
  z.object({ ...addressed, name: z.literal('reply'), body: text }),
  z.object({ ...addressed, name: z.literal('note'), body: text }),
  z.object({ ...addressed, name: z.literal('status'), status: ticketStatus }),
  z.object({ ...addressed, name: z.literal('priority'), priority: ticketPriority }),
  z.object({ ...addressed, name: z.literal('macro'), macro: z.string().min(1) }),
  z.object({ ...addressed, name: z.literal('merge'), into: z.string().min(1) }),
  z.object({ ...addressed, name: z.literal('undo') }),
]);
export type Command = z.infer<typeof command>;

export const commandAck = z.union([
  z.object({ ok: z.literal(true), version: count }),
  z.object({ ok: z.literal(false), error: hubError }),
]);
export type CommandAck = z.infer<typeof commandAck>;

/** How the hub closes a connection: codes of the range that applications may use. Coming back and resuming is right after each. */
export const closings = {
  /** More was unread than may be, on a channel that drops nothing. */
  slow: { code: 4008, reason: 'slow-consumer' },
  /** This hub stops; another one, or the next, serves. */
  draining: { code: 4010, reason: 'draining' },
} as const;
export type Closing = (typeof closings)[keyof typeof closings];
