import { segmentOf } from '@deskwire/contracts/desk-id';
import type { DeskEvent } from '@deskwire/contracts/event';
import type { TicketSnapshot } from '@deskwire/contracts/event-ticket';
import type { SplitEvent } from '@deskwire/contracts/personal';
import type { Position } from '@deskwire/contracts/position';
import { subjects } from '@deskwire/contracts/subjects';
import { ticketKey } from '@deskwire/vault/key-name';
import type { Thread } from './conversation.ts';
import type { PlainWork } from './read-work.ts';
import type { TicketEvent } from './state/ticket-event.ts';

/** A ticket's event, ready to be applied. */
export interface TicketTask {
  of: 'ticket';
  subject: string;
  event: TicketEvent;
  /** What goes to the ticket's conversation before the event counts as applied. */
  thread: Thread | undefined;
}

/** What a queue shows is cut to these lengths before it is sealed. */
const subjectCharsMax = 500;
const contactCharsMax = 200;

export function ticketWork(
  event: Extract<DeskEvent, { type: `ticket.${string}` }>,
  split: SplitEvent,
  position: Position,
): PlainWork {
  const segment = segmentOf(event.source);
  const { ticketId } = split;
  const subject = subjects.ticket(segment, ticketId);
  const key = ticketKey(segment, ticketId);
  const work = { lane: subject, position, key: undefined };
  const task = (body: TicketEvent['body'], thread?: Thread): TicketTask => ({
    of: 'ticket',
    subject,
    thread,
    event: { position, id: split.id, source: event.source, time: new Date(event.time).toISOString(), body },
  });
  // The data that the contract has checked, and over it the open part, whose ids and times are in their final form.
  switch (event.type) {
    case 'ticket.snapshot': {
      const data = { ...event.data, ...split.open };
      const face = faceToSeal(event.data);
      if (face === undefined) return { ...work, finish: () => task({ type: event.type, data, sealed: null }) };
      return { ...work, key, finish: (seal) => task({ type: event.type, data, sealed: seal(face) }) };
    }
    case 'ticket.message': {
      const data = { ...event.data, ...split.open };
      const { body } = data;
      if (body === undefined) return { ...work, finish: () => task({ type: event.type, data }) };
      const { message_id, author, author_id = null, public: isPublic, created_at } = data;
      const open = { message_id, author, author_id, public: isPublic, created_at, position };
      const thread = (sealed: string | null) =>
        sealed === null ? undefined : { segment, ticketId, message: { ...open, sealed } };
      return { ...work, key, finish: (seal) => task({ type: event.type, data }, thread(seal(body))) };
    }
    case 'ticket.rating': {
      const data = { ...event.data, ...split.open };
      return { ...work, finish: () => task({ type: event.type, data }) };
    }
    case 'ticket.deleted': {
      const data = { ...event.data, ...split.open };
      return { ...work, finish: () => task({ type: event.type, data }) };
    }
    default:
      return event satisfies never;
  }
}

/** Subject and requester of a snapshot as JSON; undefined when it has neither. */
function faceToSeal({ subject, requester }: TicketSnapshot): string | undefined {
  if (subject === undefined && requester === undefined) return undefined;
  const { name, email, phone } = requester ?? {};
  return JSON.stringify({
    subject: subject?.slice(0, subjectCharsMax),
    requester: requester === undefined ? undefined : { name: cut(name), email: cut(email), phone: cut(phone) },
  });
}

const cut = (text: string | undefined) => text?.slice(0, contactCharsMax);
