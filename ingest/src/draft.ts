import { writeEventsRow } from '@deskwire/clickhouse/events-row';
import { RowBinaryWriter } from '@deskwire/clickhouse/row-binary';
import { hideContact } from '@deskwire/contracts/personal';
import type { KeyName } from '@deskwire/vault/key-name';
import type { StreamMessage } from '@deskwire/streams/reader';
import { noFace, readEntries, type BadEntry, type GoodEntry, type Reader } from './entry.ts';

/**
 * Rows of `events` as far as a chunk of messages alone can tell: every good event as if it were accepted, nothing sealed yet. Plain
 * data, so that one thread can hand it to another without copying.
 */
export interface Draft {
  /** Rows. */
  count: number;
  /** The rows one behind the other. A row that is `loose` ends with two raw JSON texts instead of the string `data`. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each row ends in `bytes`. */
  ends: Uint32Array<ArrayBuffer>;
  /** Four a row: low and high half of the id's hash and of the content's. */
  hashes: Int32Array<ArrayBuffer>;
  /** `looseFields` numbers for each row whose `data` is still to be made, in order. */
  loose: Uint32Array<ArrayBuffer>;
  keyNames: KeyName[];
  bad: BadRow[];
  /** What each source sent, in the order of the stream as far as heartbeats are concerned. */
  arrivals: Arrival[];
}

/** Of a loose row: its number, where its open part begins in `bytes`, where its personal part begins, and whose key seals that. */
export const looseFields = 4;
/** In place of a key's number: there is no personal part. */
export const noKey = 0xffff_ffff;

/** What was refused; its row is complete. */
export interface BadRow {
  row: number;
  seq: number;
  idx: number;
  timeUs: number;
  reason: string;
  detail: string;
  source: string;
  bytes: Uint8Array;
}

/**
 * So many events of a source that are no heartbeats, one that settles a rejected event, which may have been counted when it came, or a
 * good heartbeat with what it says was sent.
 */
export type Arrival =
  | { kind: 'events'; source: string; count: number }
  | { kind: 'settlement'; source: string; seq: number; settles: string; isDismissal: boolean }
  | HeartbeatArrival;

export interface HeartbeatArrival {
  kind: 'heartbeat';
  source: string;
  row: number;
  seq: number;
  idx: number;
  /** JetStream time, µs, and that of the event, ms. */
  timeUs: number;
  timeMs: number;
  sentCount: number;
  isFinal: boolean;
}

const zero = { low: 0, high: 0 };
/** Bytes of a row beside what its message holds. */
const rowOverhead = 192;

/** Pure: what a chunk of EVENTS becomes, before anything is known of duplicates and keys. Runs for every event there is. */
export function draftOf(messages: StreamMessage[], reader: Reader): Draft {
  const sizeBytes = messages.reduce((sum, { data }) => sum + data.byteLength + rowOverhead, 0);
  const writer = new RowBinaryWriter(sizeBytes);
  const ends: number[] = [];
  const hashes: number[] = [];
  const loose: number[] = [];
  const bad: BadRow[] = [];
  const keys = new Map<KeyName, number>();
  const arrivals: Arrival[] = [];
  const arrived = new Map<string, Arrival & { kind: 'events' }>();

  function count(source: string): void {
    const known = arrived.get(source);
    if (known !== undefined) return void (known.count += 1);
    const first: Arrival & { kind: 'events' } = { kind: 'events', source, count: 1 };
    arrived.set(source, first);
    arrivals.push(first);
  }

  function addGood(entry: GoodEntry): void {
    writeEventsRow(writer, entry);
    const dataAt = writer.length;
    if (entry.beat !== undefined) {
      const { source, seq, idx, timeUs, timeMs, beat } = entry;
      const said = { sentCount: beat.sent_count, isFinal: beat.final === true };
      arrivals.push({ kind: 'heartbeat', source, row: ends.length, seq, idx, timeUs, timeMs, ...said });
      // What arrives from now on counts towards the next one.
      arrived.delete(source);
    } else if (entry.settles === '') count(entry.source);
    else {
      const { source, seq, settles } = entry;
      arrivals.push({ kind: 'settlement', source, seq, settles, isDismissal: entry.type === 'rejection.dismissed' });
    }
    if (entry.keyName === undefined && entry.beat === undefined) writer.string(entry.open);
    else {
      writer.text(entry.open);
      loose.push(ends.length, dataAt, writer.length, keyNumber(entry.keyName));
      writer.text(entry.personal);
    }
    hashes.push(entry.idHash.low, entry.idHash.high, entry.contentHash.low, entry.contentHash.high);
    ends.push(writer.length);
  }

  function keyNumber(name: KeyName | undefined): number {
    if (name === undefined) return noKey;
    const known = keys.get(name);
    if (known !== undefined) return known;
    keys.set(name, keys.size);
    return keys.size - 1;
  }

  function addBad({ reading, bytes, ...place }: BadEntry): void {
    const { reason, detail, source } = reading;
    if (reading.type !== 'source.heartbeat') count(source);
    writeEventsRow(writer, {
      ...{ ...place, idHash: zero, contentHash: zero, disposition: 'rejected', timeMs: reading.timeMs, source },
      ...{ id: hideContact(reading.id, reader.blind), type: reading.type, ticketId: '', customerId: '', face: noFace },
      // What was refused settles nothing: it is another one that waits.
      ...{ settles: '', reason },
    });
    writer.string('');
    const { seq, idx, timeUs } = place;
    bad.push({ row: ends.length, seq, idx, timeUs, reason, detail, source, bytes });
    hashes.push(0, 0, 0, 0);
    ends.push(writer.length);
  }

  for (const message of messages)
    for (const entry of readEntries(message, reader)) {
      if (entry.good) addGood(entry);
      else addBad(entry);
    }
  return {
    count: ends.length,
    bytes: writer.bytes(),
    ends: new Uint32Array(ends),
    hashes: new Int32Array(hashes),
    loose: new Uint32Array(loose),
    keyNames: [...keys.keys()],
    bad,
    arrivals,
  };
}

/** Where a row begins in `bytes`. */
export function rowStart({ ends }: Draft, row: number): number {
  return row === 0 ? 0 : (ends[row - 1] ?? 0);
}
