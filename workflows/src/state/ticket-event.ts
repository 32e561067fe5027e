import type { TicketMessage, TicketRating, TicketSnapshot } from '@deskwire/contracts/event-ticket';
import type { Position } from '@deskwire/contracts/position';

/** One accepted-looking event of one ticket, as the state machine takes it: nothing personal in the clear. */
export interface TicketEvent {
  position: Position;
  /** Envelope id, contact-hidden. */
  id: string;
  /** Envelope source, e.g. zendesk/acme. */
  source: string;
  /** Envelope time, UTC ISO. */
  time: string;
  body: TicketEventBody;
}

/** The open part of each type's data. Times are UTC ISO, names and ids are contact-hidden. */
export type TicketEventBody =
  | {
      type: 'ticket.snapshot';
      data: SnapshotData;
      /** Subject and requester under the ticket's key, base64; null when the snapshot names neither. */
      sealed: string | null;
    }
  | { type: 'ticket.message'; data: MessageData }
  | { type: 'ticket.rating'; data: RatingData }
  | { type: 'ticket.deleted'; data: { ticket_id: string } };

export type SnapshotData = Pick<
  TicketSnapshot,
  | 'ticket_id'
  | 'created_at'
  | 'updated_at'
  | 'source_version'
  | 'status'
  | 'priority'
  | 'team'
  | 'assignee'
  | 'channel'
  | 'customer_id'
  | 'tags'
  | 'merged_into'
>;
export type MessageData = Pick<
  TicketMessage,
  'ticket_id' | 'message_id' | 'author' | 'author_id' | 'public' | 'created_at'
>;
export type RatingData = Pick<TicketRating, 'ticket_id' | 'score' | 'rated_at'>;
