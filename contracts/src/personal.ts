import { segmentOf } from './desk-id.ts';
import type { DeskEvent } from './event.ts';

/** Makes a keyed, one-way index of an e-mail address or phone number; undefined when it is none. */
export type BlindIndex = (kind: 'email' | 'phone', value: string) => string | undefined;

/** Whose key seals an event's personal part. */
export type Owner = { of: 'ticket' | 'customer'; segment: string; id: string } | { of: 'day' };

/**
 * An event in two parts: `open` goes to the ledger as it is, `personal` only sealed under the owner's key.
 * Everything that the contract does not name counts as personal. Keys of `open` come in a fixed order.
 */
export interface SplitEvent {
  id: string;
  ticketId: string;
  customerId: string;
  open: Record<string, unknown>;
  personal: Record<string, unknown> | undefined;
  owner: Owner;
}

export function splitPersonal(event: DeskEvent, blind: BlindIndex): SplitEvent {
  const hide = (text: string) => hideContact(text, blind);
  const maybe = (text: string | undefined) => (text === undefined ? undefined : hide(text));
  const id = hide(event.id);
  const segment = segmentOf(event.source);
  switch (event.type) {
    case 'ticket.snapshot': {
      const {
        ticket_id,
        created_at,
        updated_at,
        source_version,
        status,
        priority,
        team,
        assignee,
        channel,
        customer_id,
        tags,
        ...rest
      } = event.data;
      const ticketId = hide(ticket_id);
      const customerId = maybe(customer_id) ?? '';
      const open = {
        ticket_id: ticketId,
        created_at: utc(created_at),
        updated_at: utc(updated_at),
        source_version,
        status,
        priority,
        team: maybe(team),
        assignee: maybe(assignee),
        channel: maybe(channel),
        customer_id: customerId === '' ? undefined : customerId,
        tags: tags?.map(hide),
      };
      return {
        id,
        ticketId,
        customerId,
        open,
        personal: withExtras(rest, event),
        owner: { of: 'ticket', segment, id: ticketId },
      };
    }
    case 'ticket.message': {
      const { ticket_id, message_id, author, author_id, public: isPublic, created_at, ...rest } = event.data;
      const ticketId = hide(ticket_id);
      const open = {
        ticket_id: ticketId,
        message_id: hide(message_id),
        author,
        author_id: maybe(author_id),
        public: isPublic,
        created_at: utc(created_at),
      };
      return {
        id,
        ticketId,
        customerId: '',
        open,
        personal: withExtras(rest, event),
        owner: { of: 'ticket', segment, id: ticketId },
      };
    }
    case 'ticket.rating': {
      const { ticket_id, score, rated_at, ...rest } = event.data;
      const ticketId = hide(ticket_id);
      const open = { ticket_id: ticketId, score, rated_at: utc(rated_at) };
      return {
        id,
        ticketId,
        customerId: '',
        open,
        personal: withExtras(rest, event),
        owner: { of: 'ticket', segment, id: ticketId },
      };
    }
    case 'ticket.deleted': {
      const { ticket_id, ...rest } = event.data;
      const ticketId = hide(ticket_id);
      return {
        id,
        ticketId,
        customerId: '',
        open: { ticket_id: ticketId },
        personal: withExtras(rest, event),
        owner: { of: 'ticket', segment, id: ticketId },
      };
    }
    case 'customer.snapshot': {
      const { customer_id, tier, locale, lifetime_value, updated_at, ...rest } = event.data;
      const customerId = hide(customer_id);
      const open = { customer_id: customerId, tier: maybe(tier), locale, lifetime_value, updated_at: utc(updated_at) };
      return {
        id,
        ticketId: '',
        customerId,
        open,
        personal: withExtras(rest, event),
        owner: { of: 'customer', segment, id: customerId },
      };
    }
    case 'customer.erased': {
      const { customer_id, ...rest } = event.data;
      const customerId = hide(customer_id);
      // Nothing is sealed anew under a key that this very event asks to destroy.
      return {
        id,
        ticketId: '',
        customerId,
        open: { customer_id: customerId },
        personal: withExtras(rest, event),
        owner: { of: 'day' },
      };
    }
    case 'interaction.logged': {
      const { customer_id, kind, occurred_at, ...rest } = event.data;
      const customerId = maybe(customer_id) ?? '';
      const open = { customer_id: customerId === '' ? undefined : customerId, kind, occurred_at: utc(occurred_at) };
      const owner: Owner = customerId === '' ? { of: 'day' } : { of: 'customer', segment, id: customerId };
      return { id, ticketId: '', customerId, open, personal: withExtras(rest, event), owner };
    }
    case 'source.heartbeat': {
      const { cursor, sent_count, interval_s, ...rest } = event.data;
      return {
        id,
        ticketId: '',
        customerId: '',
        open: { cursor: hide(cursor), sent_count, interval_s },
        personal: withExtras(rest, event),
        owner: { of: 'day' },
      };
    }
    default:
      return event satisfies never;
  }
}

const envelopeKeys = new Set(['specversion', 'id', 'source', 'type', 'time', 'data', 'datacontenttype']);

/** Adds the envelope's extension attributes; undefined when there is nothing personal at all. */
function withExtras(rest: Record<string, unknown>, event: DeskEvent): Record<string, unknown> | undefined {
  const extras: [string, unknown][] = [];
  for (const key in event)
    if (!envelopeKeys.has(key) && !isOwnId(key, event)) extras.push([key, Reflect.get(event, key)]);
  if (extras.length > 0) return { ...rest, envelope: Object.fromEntries(extras) };
  for (const key in rest) if (rest[key] !== undefined) return rest;
  return undefined;
}

/** The envelope's `subject` repeats the ticket's or customer's id: nothing to keep. */
function isOwnId(key: string, event: DeskEvent): boolean {
  if (key !== 'subject') return false;
  return (
    ('ticket_id' in event.data && event.data.ticket_id === event.subject) ||
    ('customer_id' in event.data && event.data.customer_id === event.subject)
  );
}

const email = /[^\s@<>()[\]"',;:]+@[^\s@<>()[\]"',;:]+\.[^\s@<>()[\]"',;:.]+/g;
const phone = /^(?:\+|\(\+?)[\d\s().\-/]{6,30}$/;

/** An id or name with each e-mail address in it, or itself a phone number, replaced by the blind index; other text as it is. */
export function hideContact(text: string, blind: BlindIndex): string {
  if (text.includes('@')) return text.replace(email, (address) => blind('email', address) ?? address);
  const first = text.charCodeAt(0);
  return (first === 43 || first === 40) && phone.test(text) ? (blind('phone', text) ?? text) : text;
}

/** The same instant in UTC; most sources write it that way already. */
function utc(time: string): string {
  return time.endsWith('Z') ? time : new Date(time).toISOString();
}
