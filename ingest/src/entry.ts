import type { Hash } from '@deskwire/clickhouse/events-row';
import { splitPersonal, type BlindIndex, type SplitEvent } from '@deskwire/contracts/personal';
import { readMessage, type Reading } from '@deskwire/contracts/read-event';
import { sourceOfSubject } from '@deskwire/contracts/subjects';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { hashText } from './hash.ts';
import type { StreamMessage } from './reader.ts';

/** Where in the stream an entry stands; `eventsInMessage` is said once per message, on `idx` 0. */
export interface Place {
  seq: number;
  idx: number;
  eventsInMessage: number;
  timeUs: number;
}

/** An event that may be accepted: nothing personal in `open`, all of it in `personal` until it is sealed. */
export interface GoodEntry extends Place {
  good: true;
  source: string;
  type: string;
  timeMs: number;
  split: SplitEvent;
  /** JSON of the open part, and of the personal one ('' when there is none). */
  open: string;
  personal: string;
  /** Dedup identity: source and id, compared whole wherever hashes agree. */
  key: string;
  idHash: Hash;
  contentHash: Hash;
  face: Face;
}

export interface BadEntry extends Place {
  good: false;
  reading: Reading & { kept: false };
  /** What was refused: the message's own bytes, or the element of a batch written again. */
  bytes: Uint8Array;
}

export type Entry = GoodEntry | BadEntry;

/** The dimensions that a ticket snapshot carries; '' where it says nothing. */
export interface Face {
  status: string;
  priority: string;
  team: string;
  assignee: string;
  channel: string;
}
const noFace: Face = { status: '', priority: '', team: '', assignee: '', channel: '' };

export interface Reader {
  blind: BlindIndex;
  /** Secret seeds of the content hash. */
  seeds: [number, number];
}

/** What one message of EVENTS becomes, before anything is known about duplicates. Pure. */
export function readEntries(message: StreamMessage, { blind, seeds }: Reader): Entry[] {
  const readings = readMessage(sourceOfSubject(message.subject), message.data, message.timeUs / 1_000);
  return readings.map((reading, idx) => {
    const place = { seq: message.seq, idx, eventsInMessage: idx === 0 ? readings.length : 0, timeUs: message.timeUs };
    if (!reading.kept)
      return {
        ...place,
        good: false,
        reading,
        bytes: readings.length === 1 ? message.data : Buffer.from(JSON.stringify(reading.raw)),
      };
    const { event, timeMs } = reading;
    const split = splitPersonal(event, blind);
    const open = JSON.stringify(split.open);
    const personal = split.personal === undefined ? '' : JSON.stringify(split.personal);
    const key = `${event.source}\n${split.id}`;
    return {
      ...place,
      good: true,
      source: event.source,
      type: event.type,
      timeMs,
      split,
      open,
      personal,
      key,
      idHash: hashText(key),
      contentHash: hashText(`${event.type}\n${timeMs}\n${open}\n${personal}`, ...seeds),
      face: event.type === 'ticket.snapshot' ? faceOf(event.data.team, split.open) : noFace,
    };
  });
}

function faceOf(team: string | undefined, open: Record<string, unknown>): Face {
  const text = (key: string) => {
    const value = open[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    status: text('status'),
    priority: text('priority'),
    team: team === undefined ? '' : teamSlug(text('team')),
    assignee: text('assignee'),
    channel: text('channel'),
  };
}
