import type { Disposition } from '@deskwire/contracts/reasons';
import type { RowBinaryWriter } from './row-binary.ts';

/** One row of `events` but for its `data`, as the ingest worker writes it. Times: `*Us` are Unix microseconds, `timeMs` milliseconds. */
export interface EventsRow {
  seq: number;
  idx: number;
  eventsInMessage: number;
  timeUs: number;
  timeMs: number;
  idHash: Hash;
  contentHash: Hash;
  disposition: Disposition;
  source: string;
  id: string;
  type: string;
  ticketId: string;
  customerId: string;
  face: TicketFaceColumns;
  /** Name of the rejected event that this one settles, `<stream>.<epoch>.<seq>.<idx>`; '' for nearly all. */
  settles: string;
  reason: string;
}

/** The dimensions that a ticket snapshot carries; '' where it says nothing. */
export interface TicketFaceColumns {
  status: string;
  priority: string;
  team: string;
  assignee: string;
  channel: string;
}

/** 64 bits as two signed halves: whole numbers of 32 bits need no memory of their own. */
export interface Hash {
  low: number;
  high: number;
}

/**
 * Columns of the bytes that `writeEventsRow` and a string for `data` make, for `input()`. What has a fixed length comes first and what
 * depends on the ledger (`reason`, `data`) last, so that a written row can be read and changed in its place.
 */
export const eventsColumns = [
  ...['seq UInt64', 'idx UInt32', 'events_in_message UInt32'],
  ...["ingested_at DateTime64(6, 'UTC')", "time DateTime64(3, 'UTC')", 'id_hash UInt64', 'content_hash UInt64'],
  ...['disposition Int8', 'source String', 'id String', 'type String', 'ticket_id String', 'customer_id String'],
  ...['status String', 'priority String', 'team String', 'assignee String', 'channel String', 'settles String'],
  ...['reason String', 'data String'],
] as const;

/** Where things stand in a written row: bytes from its start, and how many strings come before `reason`. */
export const eventsRowLayout = { dispositionAt: 48, stringsAt: 49, stringsBeforeReason: 11 } as const;

export const dispositionCode = { accepted: 1, duplicate: 2, rejected: 3 } as const satisfies Record<
  Disposition,
  number
>;

/** Everything but `data`, which follows as a string. */
export function writeEventsRow(writer: RowBinaryWriter, row: EventsRow): void {
  writer.uint64(row.seq);
  writer.uint32(row.idx);
  writer.uint32(row.eventsInMessage);
  writer.int64(row.timeUs);
  writer.int64(row.timeMs);
  writer.halves(row.idHash.low, row.idHash.high);
  writer.halves(row.contentHash.low, row.contentHash.high);
  writer.uint8(dispositionCode[row.disposition]);
  writer.string(row.source);
  writer.string(row.id);
  writer.string(row.type);
  writer.string(row.ticketId);
  writer.string(row.customerId);
  writer.string(row.face.status);
  writer.string(row.face.priority);
  writer.string(row.face.team);
  writer.string(row.face.assignee);
  writer.string(row.face.channel);
  writer.string(row.settles);
  writer.string(row.reason);
}
