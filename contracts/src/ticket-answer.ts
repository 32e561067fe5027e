import { z } from 'zod';
import { requester } from './event-ticket.ts';
import { ticket } from './ticket.ts';

const time = z.iso.datetime();

/** What `GET /api/v1/tickets/<id>` answers: the ticket as it is now. */
export const ticketAnswer = ticket
  .pick({ id: true, version: true, source: true, status: true, priority: true, team: true, team_name: true })
  .extend({
    ...ticket.pick({ assignee: true, channel: true, customer_id: true, created_at: true, updated_at: true }).shape,
    ...ticket.pick({ deleted_at: true, merged_into: true }).shape,
    tags: z.array(z.string()),
    open: z.boolean().describe('in the backlog'),
    changed_at: time,
    first_replied_at: time.nullable(),
    solved_at: time.nullable(),
    reopens: z.number().int().nonnegative(),
    replies: z.number().int().nonnegative().describe('public messages of agents'),
    subject: z.string().nullable(),
    requester: requester.nullable(),
    personal: z.enum(['shown', 'none', 'erased', 'no-key']).describe('no-key: this server cannot open it'),
  });
export type TicketAnswer = z.infer<typeof ticketAnswer>;

/** `GET /api/v1/tickets/<id>`; administrators give the reason, which is kept in the audit log. */
export const ticketRequest = z.strictObject({ reason: z.string().trim().min(3).max(500).optional() });
