import { z } from 'zod';
import { ticketPriority, ticketStatus } from './event-ticket.ts';
import { position } from './position.ts';

const time = z.iso.datetime();

/** The state and dimensions that a change can move. What the newest snapshot does not name is not set. */
export const ticketFace = z.object({
  status: ticketStatus,
  priority: ticketPriority.nullable(),
  team: z.string().nullable().describe('slug; the name is kept beside it'),
  assignee: z.string().nullable(),
});
export type TicketFace = z.infer<typeof ticketFace>;

/** Seconds from one instant to another: calendar time and time within business hours. */
export const duration = z.object({ s: z.number().nonnegative(), business_s: z.number().nonnegative() });
export type Duration = z.infer<typeof duration>;
const settled = duration.extend({ at: time });

/**
 * The durations, counts and scores that one change settles, each with the instant it counts at. Definitions:
 * https://support.zendesk.com/hc/en-us/articles/4408834848154. A measure is settled once, by whichever message of the two
 * that it lies between comes last; what arrives later and would have moved it counts as late.
 */
export const measures = z.object({
  /** Creation to the first public agent message; a message that opens the ticket (not after its creation) is none. */
  first_reply: settled.optional(),
  /** Oldest unanswered public customer message after the first reply to the next public agent message. A solve ends the wait unmeasured. */
  next_reply: settled.optional(),
  /** Creation to the first solve. */
  first_resolution: settled.optional(),
  /** Everything that a solve settles, once for each solve; given again, with the same `at`, when a reply of before the solve arrives after it. */
  solve: z
    .object({
      at: time,
      /** Creation to this solve. */
      resolution: duration,
      /** Time in new, open and hold. */
      requester_wait: duration,
      /** Time in new and open. */
      agent_work: duration,
      /** Time in pending. */
      agent_wait: duration,
      on_hold: duration,
      agent_replies: z.number().int().nonnegative(),
    })
    .optional(),
  /** On a reopening: the solve that it undoes. */
  reopened_solve_at: time.optional(),
  ratings: z.array(z.object({ at: time, score: z.number().int().min(1).max(5) })).optional(),
});
export type Measures = z.infer<typeof measures>;

/**
 * What one version of a ticket changed. `at` is its event time: a message's created_at, a rating's rated_at, otherwise the
 * latest of updated_at (deletion: the event's time), created_at and the change before it.
 */
export const ticketChange = z.object({
  kind: z.enum(['snapshot', 'message', 'rating', 'deletion', 'command', 'timer', 'customer']),
  at: time,
  cause: position.nullable().describe('the event; null for commands and timers'),
  /** null: the ticket was not known before, or is still not. */
  before: ticketFace.nullable(),
  after: ticketFace.nullable(),
  /** The ticket's channel before; a change that creates the ticket has the one after it. */
  channel_before: z.string().nullable(),
  /** The ticket counts as created by this change, at its created_at. */
  created: z.boolean(),
  /** In the backlog: known, not solved or closed, neither deleted nor merged. A ticket that this change creates was open before it. */
  open_before: z.boolean(),
  open_after: z.boolean(),
  /** Into solved or closed from neither, or out of them, neither side deleted or merged. A ticket first seen solved counts as created and solved. */
  solved: z.boolean(),
  reopened: z.boolean(),
  /** Came later than something that it precedes, and changed no figure that it should have: those from this event time on. */
  late_at: time.nullable(),
  /** The newest instant at which such a figure counts; absent: `late_at`. */
  late_until: time.optional(),
  measures,
});
export type TicketChange = z.infer<typeof ticketChange>;
