import { hash } from 'node:crypto';
import { deskId } from '@deskwire/contracts/desk-id';
import type { Position } from '@deskwire/contracts/position';
import type { Ticket } from '@deskwire/contracts/ticket';
import { applyDeletion } from './apply-deletion.ts';
import { applyMessage, applyRating } from './apply-message.ts';
import { applySnapshot } from './apply-snapshot.ts';
import type { BusinessCalendar } from './business-time.ts';
import { exactTime, isBefore, latest } from './event-time.ts';
import type { TicketEvent } from './ticket-event.ts';
import { unknownTicket, type Step, type TicketState } from './ticket-state.ts';

/**
 * One ticket's state and one event -> its next state with its change (DESIGN sections 5 and 7). Pure. Events of a ticket
 * come in stream order; an event that comes again, by position, id or message id, changes nothing.
 */
export function applyEvent(
  before: Omit<Ticket, 'floor'> | undefined,
  event: TicketEvent,
  calendar: BusinessCalendar,
): Applied {
  const lastEvent = before?.last_event ?? null;
  if (lastEvent !== null && !isAfter(event.position, lastEvent)) return { outcome: 'redelivered' };
  const { body } = event;
  const eventId = shortHash(`${event.source}\n${event.id}`);
  const messageId = body.type === 'ticket.message' ? shortHash(body.data.message_id) : undefined;
  if (before?.event_ids.includes(eventId) === true) return { outcome: 'repeated' };
  if (messageId !== undefined && before?.message_ids.includes(messageId) === true) return { outcome: 'repeated' };

  const state = before ?? unknownTicket(deskId(event.source, body.data.ticket_id), event.source);
  const step = take(state, event, calendar);
  const saysAt = timeOf(event);
  return {
    outcome: step.late ? 'late' : 'applied',
    doubtful: state.event_ids.length >= idsMax && !isBefore(state.newest_at, saysAt),
    ticket: {
      ...step.state,
      version: (before?.version ?? 0) + 1,
      event_ids: remember(state.event_ids, eventId),
      message_ids: messageId === undefined ? state.message_ids : remember(state.message_ids, messageId),
      newest_at: latest(state.newest_at, saysAt),
      last_event: event.position,
      change: {
        ...step.change,
        cause: event.position,
        channel_before: step.change.created ? step.state.channel : state.channel,
      },
    },
  };
}

export type Applied =
  /**
   * A new version to append; `floor` is the loop's. `late`: what it says is older than something that came before it.
   * `doubtful`: it is not newer than events whose ids are forgotten, so it may be a copy of one: the ledger knows.
   */
  | { outcome: 'applied' | 'late'; doubtful: boolean; ticket: Omit<Ticket, 'floor'> }
  /** At or before the last event that was applied. */
  | { outcome: 'redelivered' }
  /** Its id is among the last 64 of this ticket, or its message's. */
  | { outcome: 'repeated' };

function take(state: TicketState, { source, time, body }: TicketEvent, calendar: BusinessCalendar): Step {
  switch (body.type) {
    case 'ticket.snapshot':
      return applySnapshot(state, source, body.data, body.sealed, calendar);
    case 'ticket.message':
      return applyMessage(state, body.data, calendar);
    case 'ticket.rating':
      return applyRating(state, body.data);
    case 'ticket.deleted':
      return applyDeletion(state, time, calendar);
  }
  return body satisfies never;
}

/** When what it tells happened. */
function timeOf({ time, body }: TicketEvent): string {
  switch (body.type) {
    case 'ticket.snapshot':
      return exactTime(body.data.updated_at);
    case 'ticket.message':
      return exactTime(body.data.created_at);
    case 'ticket.rating':
      return exactTime(body.data.rated_at);
    case 'ticket.deleted':
      return exactTime(time);
  }
  return body satisfies never;
}

function isAfter(a: Position, b: Position): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return a.seq !== b.seq ? a.seq > b.seq : a.idx > b.idx;
}

const idsMax = 64;

function remember(ids: string[], id: string): string[] {
  const newest = ids.slice(1 - idsMax);
  newest.push(id);
  return newest;
}

/** 48 bits tell 64 ids apart: one in 4 million million events would be taken for another. */
function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 8);
}
