import { RowBinaryWriter } from '@deskwire/clickhouse/row-binary';
import {
  storedTicket,
  ticketChangesStructure,
  writeTicketChangesRow,
  type StoredTicket,
  type TicketRowContent,
} from '@deskwire/clickhouse/ticket-changes-row';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { floorMark } from '@deskwire/contracts/ticket';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { Batch, Epoch, Feed, Prepared } from './feed.ts';

export interface TicketEntry {
  seq: number;
  timeUs: number;
  content: TicketRowContent;
}

export interface TicketsFeedOptions {
  /** Makes `tickets` follow `ticket_changes` again; rejects when ClickHouse does not answer. */
  repair: () => Promise<void>;
  /** Told of messages that cannot be read, before their rows are stored; again when they are read again. */
  onUnreadable: (positions: number[]) => void;
  /** Told of each stored batch: how many rows of each kind. */
  onStored: (counts: Record<TicketRowContent['kind'], number>) => void;
}

/** TICKETS into `ticket_changes`: one row per message, whatever it holds. */
export function createTicketsFeed({ repair, onUnreadable, onStored }: TicketsFeedOptions): Feed<TicketEntry> {
  function prepare(batch: Batch<TicketEntry>, epoch: Epoch): Promise<Prepared> {
    const writer = new RowBinaryWriter(batch.sizeBytes + 512 * batch.entries.length);
    const counts = { change: 0, floor: 0, unreadable: 0 };
    const unreadable: number[] = [];
    for (const { seq, timeUs, content } of batch.entries) {
      counts[content.kind] += 1;
      if (content.kind === 'unreadable') unreadable.push(seq);
      const place = { epoch: epoch.epoch, seq, streamCreatedUs: epoch.streamCreatedUs, ingestedAtUs: timeUs };
      writeTicketChangesRow(writer, streams.tickets, place, content);
    }
    if (unreadable.length > 0) onUnreadable(unreadable);
    return Promise.resolve({
      rowBinary: writer.bytes(),
      rows: batch.entries.length,
      onCommitted: () => onStored(counts),
    });
  }

  return {
    stream: streams.tickets,
    table: 'ticket_changes',
    structure: ticketChangesStructure,
    read: (message) => [{ seq: message.seq, timeUs: message.timeUs, content: readTicket(message) }],
    prepare,
    begin: repair,
  };
}

/** What one message of TICKETS says. Never throws: a damaged one keeps its position and stops nobody. */
export function readTicket({ subject, data }: Pick<StreamMessage, 'subject' | 'data'>): TicketRowContent {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
  } catch {
    return unreadable;
  }
  if (subject === subjects.ticketFloor) {
    const mark = floorMark.safeParse(json);
    return mark.success ? { kind: 'floor', floor: mark.data.floor } : unreadable;
  }
  const parsed = storedTicket.safeParse(json);
  return parsed.success && fits(parsed.data) ? { kind: 'change', ticket: parsed.data } : unreadable;
}

const unreadable = { kind: 'unreadable' } as const;
const uint32Max = 0xffff_ffff;

/** Counts that the columns can hold: JSON has no such bound. */
function fits({ version, clock, change }: StoredTicket): boolean {
  return (
    version <= uint32Max &&
    clock.reopens <= uint32Max &&
    clock.agent_replies <= uint32Max &&
    (change.cause?.idx ?? 0) <= uint32Max &&
    (change.measures.solve?.agent_replies ?? 0) <= uint32Max
  );
}
