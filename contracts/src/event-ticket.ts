import { z } from 'zod';
import { freeText, idText, nameText, utcTime } from './primitives.ts';

export const ticketStatuses = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] as const;
export const ticketStatus = z.enum(ticketStatuses);
export type TicketStatus = z.infer<typeof ticketStatus>;

export const ticketPriorities = ['low', 'normal', 'high', 'urgent'] as const;
export const ticketPriority = z.enum(ticketPriorities);
export type TicketPriority = z.infer<typeof ticketPriority>;

/** Who asks. Personal; sealed under the ticket's key. */
export const requester = z.looseObject({
  name: freeText.optional(),
  email: freeText.optional(),
  phone: freeText.optional(),
});

/** The ticket as its source knows it now. Idempotent: may arrive late or twice. */
export const ticketSnapshot = z.looseObject({
  ticket_id: idText,
  created_at: utcTime,
  updated_at: utcTime,
  /** Breaks ties between snapshots of the same `updated_at`. */
  source_version: z.number().int().nonnegative().optional(),
  status: ticketStatus,
  priority: ticketPriority.optional(),
  subject: freeText.optional(),
  team: nameText.optional(),
  assignee: nameText.optional(),
  channel: nameText.optional(),
  customer_id: idText.optional(),
  requester: requester.optional(),
  /** The ticket of the same source that goes on in its place: it leaves the backlog without counting as solved. */
  merged_into: idText.optional(),
  tags: z.array(nameText).max(200).optional(),
  /** Whatever else the source knows. Treated as personal. */
  fields: z.record(z.string(), z.unknown()).optional(),
});
export type TicketSnapshot = z.infer<typeof ticketSnapshot>;

/** One message of a ticket's conversation. */
export const ticketMessage = z.looseObject({
  ticket_id: idText,
  message_id: idText,
  author: z.enum(['customer', 'agent', 'system']),
  author_id: idText.optional(),
  public: z.boolean(),
  body: freeText.optional(),
  created_at: utcTime,
});
export type TicketMessage = z.infer<typeof ticketMessage>;

/** A customer's rating of a ticket, 1 (worst) to 5. */
export const ticketRating = z.looseObject({
  ticket_id: idText,
  score: z.number().int().min(1).max(5),
  comment: freeText.optional(),
  rated_at: utcTime,
});
export type TicketRating = z.infer<typeof ticketRating>;

export const ticketDeleted = z.looseObject({ ticket_id: idText });
