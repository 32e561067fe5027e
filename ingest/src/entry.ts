import type { EventsRow, Hash, TicketFaceColumns } from '@deskwire/clickhouse/events-row';
import type { SourceHeartbeat } from '@deskwire/contracts/event-customer';
import { hashText } from '@deskwire/contracts/hash-text';
import { splitPersonal, type BlindIndex, type Owner } from '@deskwire/contracts/personal';
import { readMessage, type Reading } from '@deskwire/contracts/read-event';
import { settledBySubject, sourceOfSubject } from '@deskwire/contracts/subjects';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { customerKey, quarantineKey, ticketKey, type KeyName } from '@deskwire/vault/key-name';
import { elementSpans, type Span } from './element-spans.ts';
import type { StreamMessage } from '@deskwire/streams/reader';

/** Where in the stream an entry stands; `eventsInMessage` is said once per message, on `idx` 0. */
export interface Place {
  seq: number;
  idx: number;
  eventsInMessage: number;
  timeUs: number;
}

/** An event that may be accepted: nothing personal in `open`, all of it in `personal` until it is sealed. */
export interface GoodEntry extends EventsRow {
  good: true;
  /** The key that seals the personal part; undefined when there is none. */
  keyName: KeyName | undefined;
  /** JSON of the open part, and of the personal one ('' when there is none). */
  open: string;
  personal: string;
  /** What a heartbeat says. */
  beat: SourceHeartbeat | undefined;
}

export interface BadEntry extends Place {
  good: false;
  reading: Reading & { kept: false };
  /** What was refused: the message's own bytes, or those of one element of a batch. */
  bytes: Uint8Array;
}

export type Entry = GoodEntry | BadEntry;

export const noFace: TicketFaceColumns = { status: '', priority: '', team: '', assignee: '', channel: '' };

export interface Reader {
  blind: BlindIndex;
  /** Hash of content that is sealed: says nothing about it to who has no key. */
  keyedHash: (text: string) => Hash;
}

/**
 * What one message of EVENTS becomes, before anything is known about duplicates. Pure. Runs once per event: no closures
 * and no object spread, which cost more here than parsing (measured).
 */
export function readEntries(message: StreamMessage, reader: Reader): Entry[] {
  const readings = readMessage(sourceOfSubject(message.subject), message.data, message.timeUs / 1_000);
  const entries: Entry[] = [];
  let spans: Span[] | undefined;
  for (let idx = 0; idx < readings.length; idx++) {
    const reading = readings[idx];
    if (reading === undefined) continue;
    const eventsInMessage = idx === 0 ? readings.length : 0;
    if (reading.kept) {
      entries.push(goodEntry(message, idx, eventsInMessage, reading, reader));
      continue;
    }
    if (readings.length > 1) spans ??= elementSpans(message.data);
    entries.push(badEntry(message, idx, eventsInMessage, reading, spans?.[idx]));
  }
  return entries;
}

function goodEntry(
  message: StreamMessage,
  idx: number,
  eventsInMessage: number,
  { event, timeMs }: Reading & { kept: true },
  { blind, keyedHash }: Reader,
): GoodEntry {
  const split = splitPersonal(event, blind);
  const open = JSON.stringify(split.open);
  const personal = split.personal === undefined ? '' : JSON.stringify(split.personal);
  const content = `${event.type}${timeMs}${open}${personal}`;
  return {
    seq: message.seq,
    idx,
    eventsInMessage,
    timeUs: message.timeUs,
    good: true,
    disposition: 'accepted',
    reason: '',
    source: event.source,
    type: event.type,
    timeMs,
    id: split.id,
    ticketId: split.ticketId,
    customerId: split.customerId,
    keyName: split.personal === undefined ? undefined : ownerKey(split.owner, message.timeUs),
    open,
    personal,
    idHash: hashText(dedupKey(event.source, split.id)),
    contentHash: personal === '' ? hashText(content) : keyedHash(content),
    face: event.type === 'ticket.snapshot' ? faceOf(split.open) : noFace,
    settles: settledBySubject(message.subject),
    beat: event.type === 'source.heartbeat' ? event.data : undefined,
  };
}

/** Dedup identity: compared whole wherever hashes agree. */
export const dedupKey = (source: string, id: string) => `${source}\n${id}`;

function ownerKey(owner: Owner, timeUs: number): KeyName {
  switch (owner.of) {
    case 'ticket':
      return ticketKey(owner.segment, owner.id);
    case 'customer':
      return customerKey(owner.segment, owner.id);
    case 'day':
      return dayKeyAt(timeUs);
    default:
      return owner satisfies never;
  }
}

/** The sealing key of what belongs to nobody, and of what is rejected: one a UTC day. */
export function dayKeyAt(timeUs: number): KeyName {
  return quarantineKey(new Date(timeUs / 1_000).toISOString().slice(0, 10));
}

function badEntry(
  message: StreamMessage,
  idx: number,
  eventsInMessage: number,
  reading: Reading & { kept: false },
  span: Span | undefined,
): BadEntry {
  const bytes = span === undefined ? message.data : message.data.subarray(span.start, span.end);
  return { seq: message.seq, idx, eventsInMessage, timeUs: message.timeUs, good: false, reading, bytes };
}

function faceOf(open: Record<string, unknown>): TicketFaceColumns {
  const team = textOf(open['team']);
  return {
    status: textOf(open['status']),
    priority: textOf(open['priority']),
    team: team === '' ? '' : teamSlug(team),
    assignee: textOf(open['assignee']),
    channel: textOf(open['channel']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
