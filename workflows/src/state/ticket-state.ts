import type { Ticket } from '@deskwire/contracts/ticket';
import type { TicketChange, TicketFace } from '@deskwire/contracts/ticket-change';
import { never } from './event-time.ts';
import { nothingSpent } from './spent-time.ts';
import { isOpen } from './transitions.ts';

/** What a ticket is, without the change that made it so. */
export type TicketState = Omit<Ticket, 'version' | 'change' | 'floor'>;

/** One event applied: the state after it and what it changed. `late`: something that it precedes came before it. */
export interface Step {
  state: TicketState;
  change: Omit<TicketChange, 'cause' | 'channel_before'>;
  late: boolean;
}

/** A ticket that no snapshot has named yet. */
export function unknownTicket(id: string, source: string): TicketState {
  return {
    id,
    known: false,
    source,
    status: 'new',
    priority: null,
    team: null,
    assignee: null,
    channel: null,
    customer_id: null,
    tags: null,
    sealed: null,
    created_at: never,
    updated_at: never,
    source_version: null,
    team_name: null,
    facts_from: {},
    deleted_at: null,
    merged_into: null,
    clock: {
      changed_at: never,
      spent: nothingSpent,
      first_reply_at: null,
      last_reply_at: null,
      unanswered_since: null,
      first_solved_at: null,
      solved_at: null,
      solves: 0,
      reopens: 0,
      agent_replies: 0,
      replies_since_solve: 0,
      heard: '',
      oldest_ms: 0,
      stood_ms: 0,
      faced_ms: 0,
    },
    waiting: [],
    newest_at: never,
    event_ids: [],
    message_ids: [],
    transactions: [],
    last_event: null,
  };
}

/** null as long as the ticket is not known. */
export function faceOf({ known, status, priority, team, assignee }: TicketState): TicketFace | null {
  return known ? { status, priority, team, assignee } : null;
}

/** The change of an event that leaves status, dimensions and backlog as they are. */
export function unmoved(state: TicketState, kind: TicketChange['kind'], at: string): Step['change'] {
  const open = isOpen(state);
  return {
    kind,
    at,
    before: faceOf(state),
    after: faceOf(state),
    created: false,
    open_before: open,
    open_after: open,
    solved: false,
    reopened: false,
    late_at: null,
    measures: {},
  };
}
