import { z } from 'zod';
import { ticketChange, ticketFace } from './ticket-change.ts';
import { position } from './position.ts';

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

/** Where a snapshot stands among a ticket's snapshots: by `updated_at`, then `source_version`, then stream order. */
export const snapshotOrder = z.object({ updated_at: time, source_version: count.nullable() });
export type SnapshotOrder = z.infer<typeof snapshotOrder>;

/** Seconds spent so far, by the kind of waiting (Zendesk's durations): calendar and business time. */
export const spentTime = z.object({
  new_s: z.number(),
  open_s: z.number(),
  pending_s: z.number(),
  hold_s: z.number(),
  new_business_s: z.number(),
  open_business_s: z.number(),
  pending_business_s: z.number(),
  hold_business_s: z.number(),
});
export type SpentTime = z.infer<typeof spentTime>;

/** What the desk remembers to measure a ticket: times of its conversation and life, none of its words. */
export const ticketClock = z.object({
  /** `at` of the last change of state; the next one never lies before it. */
  changed_at: time,
  spent: spentTime,
  first_reply_at: time.nullable(),
  /** Newest public message of an agent. */
  last_reply_at: time.nullable(),
  /** Oldest public customer message that neither a reply nor a solve has ended. */
  unanswered_since: time.nullable(),
  first_solved_at: time.nullable(),
  /** The last solve that was not reopened; null while the ticket is not solved. */
  solved_at: time.nullable(),
  solves: count,
  reopens: count,
  /** Public agent messages, without the one that opened the ticket. */
  agent_replies: count,
  /** Of these, what came after `solved_at`: no part of that solve. */
  replies_since_solve: count,
  /**
   * The newest 8 public messages and solves, by time: a letter and the Unix ms in base 36, 8 digits, of each. c: a customer's message,
   * r: a reply, s: a solve; f, in front: the newest one that is no longer among them.
   */
  heard: z
    .string()
    .regex(/^(f[0-9a-z]{8})?([crs][0-9a-z]{8}){0,8}$/)
    .default(''),
  /** The `updated_at` of its oldest snapshot. */
  oldest_ms: count.default(0),
  /** Since when nothing that spends time or counts in the backlog has changed: its status, deletion, merging. */
  stood_ms: count.default(0),
  /** Since when it has had the dimensions that it has. */
  faced_ms: count.default(0),
  /** Something came too late to be placed: whatever is measured from now on says that it may be wrong. */
  missed: z.literal(true).optional(),
});
export type TicketClock = z.infer<typeof ticketClock>;

/** A transaction that was applied, with its answer: a repetition gets the same. */
export const appliedTransaction = z.object({ txid: z.string(), version: z.number().int().positive() });

/** Fields that a later snapshot without them does not take away. `null`: never known. */
export const ticketFacts = z.object({
  channel: z.string().nullable(),
  customer_id: z.string().nullable().describe('the desk’s id'),
  /** At most 32 of at most 64 characters. */
  tags: z.array(z.string()).nullable(),
  /** Subject (500 characters at most) and requester as JSON, sealed under the ticket’s key; base64. */
  sealed: z.string().nullable(),
});
export type TicketFacts = z.infer<typeof ticketFacts>;

/** A message or rating that came before its ticket; measured when the ticket becomes known. */
export const waitingEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    author: z.enum(['customer', 'agent', 'system']),
    public: z.boolean(),
    at: time,
  }),
  z.object({ kind: z.literal('rating'), score: z.number().int().min(1).max(5), at: time }),
]);
export type WaitingEvent = z.infer<typeof waitingEvent>;

/**
 * One message of TICKETS: a ticket's whole state without its conversation, and the change that made it: at most 4 KB where ids and names
 * are of ordinary length, 36 KB with the longest that are accepted, of letters that take 6 bytes. The newest message of a subject is the
 * ticket; all of them in order are its history.
 */
export const ticket = ticketFace.extend(ticketFacts.shape).extend({
  id: z.string().describe('the desk’s id, <segment>~<id>'),
  version: z.number().int().positive(),
  /** False until a snapshot has named it: only messages, ratings or its deletion are known so far. */
  known: z.boolean(),
  source: z.string(),
  created_at: time,
  updated_at: time,
  source_version: count.nullable(),
  team_name: z.string().nullable(),
  /** Order of the snapshot that each fact came from, where it is not the newest one's. */
  facts_from: z.partialRecord(z.enum(['channel', 'customer_id', 'tags', 'sealed']), snapshotOrder),
  deleted_at: time.nullable().describe('a tombstone; a snapshot of a later updated_at brings the ticket back'),
  merged_into: z.string().nullable().describe('the desk’s id of the ticket that goes on'),
  clock: ticketClock,
  /** At most 8, oldest first. */
  waiting: z.array(waitingEvent),
  /** The latest time that an event of it carried. Once ids are forgotten, a copy of an old event is not later than this. */
  newest_at: time,
  /** Short hashes of the last 64 event ids, newest last. */
  event_ids: z.array(z.string()),
  /** Short hashes of the last 64 message ids, newest last. */
  message_ids: z.array(z.string()),
  /** The last 32, newest last. */
  transactions: z.array(appliedTransaction),
  /** Its last event that was applied. */
  last_event: position.nullable(),
  /** All events up to here are applied, of every ticket; `at`: JetStream time of that position. */
  floor: z.object({ epoch: count, seq: count, at: time }),
  change: ticketChange,
});
export type Ticket = z.infer<typeof ticket>;

/** What `tickets._floor` carries when only the floor moved. */
export const floorMark = ticket.pick({ floor: true });
export type FloorMark = z.infer<typeof floorMark>;
