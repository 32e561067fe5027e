import { segmentOf } from './desk-id.ts';
import { eventTypes, type DeskEvent, type EventType } from './event.ts';

/** Makes a keyed, one-way index of an e-mail address or phone number; undefined when it is none. */
export type BlindIndex = (kind: 'email' | 'phone', value: string) => string | undefined;

/** Whose key seals an event's personal part. */
export type Owner = { of: 'ticket' | 'customer'; segment: string; id: string } | { of: 'day' };

/**
 * An event in two parts: `open` goes to the ledger as it is, `personal` only sealed under the owner's key.
 * Everything that the contract does not name as open counts as personal. Keys of `open` come in a fixed order.
 */
export interface SplitEvent {
  id: string;
  ticketId: string;
  customerId: string;
  open: Record<string, unknown>;
  personal: Record<string, unknown> | undefined;
  owner: Owner;
}

/** The fields of each type that figures need and that say nothing about a person. */
const openFields = {
  'ticket.snapshot': [
    ...['ticket_id', 'created_at', 'updated_at', 'source_version', 'status', 'priority'],
    ...['team', 'assignee', 'channel', 'customer_id', 'tags', 'merged_into'],
  ],
  'ticket.message': ['ticket_id', 'message_id', 'author', 'author_id', 'public', 'created_at'],
  'ticket.rating': ['ticket_id', 'score', 'rated_at'],
  'ticket.deleted': ['ticket_id'],
  'customer.snapshot': ['customer_id', 'tier', 'locale', 'lifetime_value', 'updated_at'],
  'customer.erased': ['customer_id'],
  'interaction.logged': ['customer_id', 'kind', 'occurred_at'],
  'source.heartbeat': ['cursor', 'sent_count', 'interval_s', 'final'],
  'rejection.dismissed': ['by'],
} as const satisfies Record<EventType, readonly string[]>;

/** The other fields that the contract names, in the order in which they are kept: the same content reads the same, however a source orders it. */
const personalFields = {
  'ticket.snapshot': ['subject', 'requester', 'fields'],
  'ticket.message': ['body'],
  'ticket.rating': ['comment'],
  'ticket.deleted': [],
  'customer.snapshot': ['name', 'email', 'email_verified', 'phone', 'company', 'consents'],
  'customer.erased': [],
  'interaction.logged': ['fields'],
  'source.heartbeat': [],
  'rejection.dismissed': ['reason'],
} as const satisfies Record<EventType, readonly string[]>;

const namedFields = new Map<string, ReadonlySet<string>>(
  eventTypes.map((type) => [type, new Set<string>([...openFields[type], ...personalFields[type]])]),
);
const utcFields: ReadonlySet<string> = new Set(['created_at', 'updated_at', 'rated_at', 'occurred_at']);
const envelopeFields: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'time',
  'data',
  'datacontenttype',
]);

// Everything below runs once per event: plain loops, and no closure is made on the way.

export function splitPersonal(event: DeskEvent, blind: BlindIndex): SplitEvent {
  const data: Record<string, unknown> = event.data;
  const open: Record<string, unknown> = {};
  for (const key of openFields[event.type]) {
    const value = data[key];
    if (value !== undefined) open[key] = openValue(key, value, blind);
  }
  const ticketId = textOf(open['ticket_id']);
  const customerId = textOf(open['customer_id']);
  const owner = ownerOf(event, ticketId, customerId);
  return { id: hideContact(event.id, blind), ticketId, customerId, open, personal: personalOf(event, data), owner };
}

function openValue(key: string, value: unknown, blind: BlindIndex): unknown {
  if (typeof value === 'string') return utcFields.has(key) ? utc(value) : hideContact(value, blind);
  if (!Array.isArray(value)) return value;
  const hidden: unknown[] = [];
  for (const element of value) hidden.push(typeof element === 'string' ? hideContact(element, blind) : element);
  return hidden;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function ownerOf(event: DeskEvent, ticketId: string, customerId: string): Owner {
  if (ticketId !== '') return { of: 'ticket', segment: segmentOf(event.source), id: ticketId };
  // Nothing is sealed anew under a key that this very event asks to destroy.
  if (customerId !== '' && event.type !== 'customer.erased')
    return { of: 'customer', segment: segmentOf(event.source), id: customerId };
  return { of: 'day' };
}

/** Every field that is not open, and the envelope's extension attributes; undefined when there is nothing. */
function personalOf(event: DeskEvent, data: Record<string, unknown>): Record<string, unknown> | undefined {
  let personal: Record<string, unknown> | undefined;
  for (const key of personalFields[event.type]) {
    const value = data[key];
    if (value !== undefined) (personal ??= {})[key] = key === 'requester' ? inOrder(value) : value;
  }
  const named = namedFields.get(event.type);
  for (const key in data) if (named?.has(key) !== true) (personal ??= {})[key] = data[key];
  let extensions: Record<string, unknown> | undefined;
  for (const key in event)
    if (!envelopeFields.has(key) && !repeatsId(key, event, data)) (extensions ??= {})[key] = event[key];
  if (extensions !== undefined) (personal ??= {})['envelope'] = extensions;
  return personal;
}

/** A requester's name, address and number before whatever else is known. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { name, email, phone, ...others }: { name?: unknown; email?: unknown; phone?: unknown } = value;
  return { name, email, phone, ...others };
}

/** The envelope's `subject` repeats the ticket's or customer's id: nothing to keep. */
function repeatsId(key: string, event: DeskEvent, data: Record<string, unknown>): boolean {
  return key === 'subject' && (data['ticket_id'] === event.subject || data['customer_id'] === event.subject);
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
