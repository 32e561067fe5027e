import { z } from 'zod';
import { ticketPriority, ticketStatus } from './event-ticket.ts';

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

/** A position in a stream: the identity of a cause. */
export const position = z.object({ epoch: count, seq: count, idx: count });
export type Position = z.infer<typeof position>;

/** The dimensions and state that a change can move. */
export const ticketFace = z.object({
  status: ticketStatus,
  priority: ticketPriority.nullable(),
  team: z.string().nullable().describe('slug; the name is kept beside it'),
  assignee: z.string().nullable(),
});
export type TicketFace = z.infer<typeof ticketFace>;

/** A ticket's whole state as the desk knows it: one message of TICKETS, without its conversation, at most 4 KB. */
export const ticket = ticketFace.extend({
  id: z.string().describe('the desk’s id, <segment>~<id>'),
  version: z.number().int().positive(),
  created_at: time,
  updated_at: time,
  source: z.string(),
  source_version: count.nullable(),
  team_name: z.string().nullable(),
  channel: z.string().nullable(),
  customer_id: z.string().nullable(),
  tags: z.array(z.string()),
  deleted: z.boolean(),
  sealed: z.string().nullable().describe('subject and requester, under the ticket’s key'),
});
export type Ticket = z.infer<typeof ticket>;

/** What one message of TICKETS changed, with its cause. */
export const ticketChange = z.object({
  ticket_id: z.string(),
  version: z.number().int().positive(),
  at: time,
  cause: position,
  before: ticketFace.nullable().describe('null: the ticket was not known'),
  after: ticketFace,
});
export type TicketChange = z.infer<typeof ticketChange>;
