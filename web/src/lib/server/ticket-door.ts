import { runQuery } from '@deskwire/clickhouse/query';
import { ticketRows } from '@deskwire/clickhouse/ticket-query';
import { parseDeskId } from '@deskwire/contracts/desk-id';
import { requester } from '@deskwire/contracts/event-ticket';
import type { TicketAnswer } from '@deskwire/contracts/ticket-answer';
import { z } from 'zod';
import type { UnsealedText } from './vault-door';

type TicketRow = z.output<typeof ticketRows.row>;
export type FoundTicket = { found: 'one'; row: TicketRow } | { found: 'none' } | { found: 'many'; ids: string[] };

const candidatesMax = 20;
const personalPart = z.object({ subject: z.string().nullish(), requester: requester.nullish() });

/** Finds tickets by the desk's id or a source's own, and opens their personal part at the edge. */
export function createTicketDoor(parts: {
  client: Parameters<typeof runQuery>[0];
  unseal: (ticketId: string, sealed: string) => Promise<UnsealedText>;
}) {
  return {
    /** Whoever may not see a ticket does not learn that it exists, nor how many there are. Throws QueryError. */
    find: async (id: string, maySee: (row: TicketRow) => boolean): Promise<FoundTicket> => {
      const rowsOf = (whole: 0 | 1) =>
        runQuery(parts.client, ticketRows, { id, whole, limit: candidatesMax }, { max_execution_time: 2 });
      const whole = parseDeskId(id) === undefined ? [] : await rowsOf(1);
      const found = whole.length > 0 ? whole : await rowsOf(0);
      const rows = found.filter(maySee);
      const [row] = rows;
      if (row === undefined) return { found: 'none' };
      return rows.length === 1 ? { found: 'one', row } : { found: 'many', ids: rows.map(({ ticket_id }) => ticket_id) };
    },
    /** The ticket with subject and requester. Throws NatsAway. */
    open: async ({ ticket_id: id, sealed, open, ...row }: TicketRow): Promise<TicketAnswer> => {
      const answer = { ...row, id, open: open === 1, subject: null, requester: null };
      if (sealed === null) return { ...answer, personal: 'none' };
      const unsealed = await parts.unseal(id, sealed);
      if ('hidden' in unsealed) return { ...answer, personal: unsealed.hidden };
      const { subject = null, requester: who = null } = personalPart.parse(JSON.parse(unsealed.text));
      return { ...answer, subject, requester: who, personal: 'shown' };
    },
  };
}
