import { ticketPriority, ticketStatus } from '@deskwire/contracts/event-ticket';
import { z } from 'zod';
import { count, defineQuery, timeOrNull } from './query.ts';

const textOrNull = z.string().transform((text) => (text === '' ? null : text));
const time = z.iso.datetime();

/** The current rows of tickets. `whole` 1: `id` is the desk's id; 0: the source's own. */
export const ticketRows = defineQuery(
  new URL('queries/ticket.sql', import.meta.url),
  z.object({ id: z.string(), whole: z.number(), limit: count }),
  z.object({
    ticket_id: z.string(),
    ...{ version: count, source: z.string(), channel: textOrNull, status: ticketStatus },
    priority: textOrNull.pipe(ticketPriority.nullable()),
    ...{ team: textOrNull, team_name: textOrNull, assignee: textOrNull, customer_id: textOrNull },
    ...{ tags: z.array(z.string()), open: count },
    ...{ created_at: time, updated_at: time, changed_at: time },
    ...{ first_replied_at: timeOrNull, solved_at: timeOrNull, reopens: count, replies: count },
    ...{ deleted_at: timeOrNull, merged_into: textOrNull, sealed: textOrNull },
  }),
);
