import type { TicketStatus } from '@deskwire/contracts/event-ticket';
import type { TicketFace } from '@deskwire/contracts/ticket-change';

/**
 * What a change of status counts as: rows are the status before, columns the status after. It counts only when the ticket
 * is neither deleted nor merged, before and after. A ticket's first snapshot is a change from `new`.
 */
export const transitions = {
  new: { new: '', open: '', pending: '', hold: '', solved: 'solved', closed: 'solved' },
  open: { new: '', open: '', pending: '', hold: '', solved: 'solved', closed: 'solved' },
  pending: { new: '', open: '', pending: '', hold: '', solved: 'solved', closed: 'solved' },
  hold: { new: '', open: '', pending: '', hold: '', solved: 'solved', closed: 'solved' },
  solved: { new: 'reopened', open: 'reopened', pending: 'reopened', hold: 'reopened', solved: '', closed: '' },
  closed: { new: 'reopened', open: 'reopened', pending: 'reopened', hold: 'reopened', solved: '', closed: '' },
} as const satisfies Record<TicketStatus, Record<TicketStatus, '' | 'solved' | 'reopened'>>;

/** Where the time goes that a ticket spends in a status; nowhere once it is solved. Nor does it while deleted or merged. */
export const bucketOf = {
  new: 'new',
  open: 'open',
  pending: 'pending',
  hold: 'hold',
  solved: undefined,
  closed: undefined,
} as const satisfies Record<TicketStatus, string | undefined>;

/** Solved or closed. */
export function isSettled(status: TicketStatus): boolean {
  return bucketOf[status] === undefined;
}

/** In the backlog. */
export function isOpen(ticket: Life): boolean {
  return ticket.known && !isSettled(ticket.status) && !isGone(ticket);
}

export function isGone(ticket: Pick<Life, 'deleted_at' | 'merged_into'>): boolean {
  return ticket.deleted_at !== null || ticket.merged_into !== null;
}

interface Life extends Pick<TicketFace, 'status'> {
  known: boolean;
  deleted_at: string | null;
  merged_into: string | null;
}
