import type { Disposition } from '@deskwire/contracts/reasons';
import type { RowBinaryWriter } from './row-binary.ts';

/** One row of `events`, as the ingest worker writes it. Times: `*Us` are Unix microseconds, `timeMs` milliseconds. */
export interface EventsRow {
  epoch: number;
  seq: number;
  idx: number;
  eventsInMessage: number;
  streamCreatedUs: number;
  ingestedAtUs: number;
  timeMs: number;
  source: string;
  type: string;
  id: string;
  idHash: Hash;
  contentHash: Hash;
  disposition: Disposition;
  reason: string;
  ticketId: string;
  customerId: string;
  face: TicketFaceColumns;
  data: string;
  /** Name of the rejected event that this one settles, `<stream>.<epoch>.<seq>.<idx>`; '' for nearly all. */
  settles: string;
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

/** Structure of the bytes that `writeEventsRow` writes, for `input()`; the columns of `events` in their order. */
export const eventsStructure = [
  'stream String',
  'epoch UInt64',
  'seq UInt64',
  'idx UInt32',
  'events_in_message UInt32',
  "stream_created DateTime64(6, 'UTC')",
  "ingested_at DateTime64(6, 'UTC')",
  "time DateTime64(3, 'UTC')",
  'source String',
  'type String',
  'id String',
  'id_hash UInt64',
  'content_hash UInt64',
  'disposition Int8',
  'reason String',
  'ticket_id String',
  'customer_id String',
  'status String',
  'priority String',
  'team String',
  'assignee String',
  'channel String',
  'data String',
  'settles String',
].join(', ');

const dispositionCode = { accepted: 1, duplicate: 2, rejected: 3 } as const satisfies Record<Disposition, number>;

export function writeEventsRow(writer: RowBinaryWriter, stream: string, row: EventsRow): void {
  writer.string(stream);
  writer.uint64(row.epoch);
  writer.uint64(row.seq);
  writer.uint32(row.idx);
  writer.uint32(row.eventsInMessage);
  writer.int64(row.streamCreatedUs);
  writer.int64(row.ingestedAtUs);
  writer.int64(row.timeMs);
  writer.string(row.source);
  writer.string(row.type);
  writer.string(row.id);
  writer.halves(row.idHash.low, row.idHash.high);
  writer.halves(row.contentHash.low, row.contentHash.high);
  writer.uint8(dispositionCode[row.disposition]);
  writer.string(row.reason);
  writer.string(row.ticketId);
  writer.string(row.customerId);
  writer.string(row.face.status);
  writer.string(row.face.priority);
  writer.string(row.face.team);
  writer.string(row.face.assignee);
  writer.string(row.face.channel);
  writer.string(row.data);
  writer.string(row.settles);
}
