import { RowBinaryWriter } from '@deskwire/clickhouse/row-binary';
import { readTicketMessage } from '@deskwire/clickhouse/read-ticket-message';
import {
  ticketChangesStructure,
  writeTicketChangesRow,
  type TicketRowContent,
} from '@deskwire/clickhouse/ticket-changes-row';
import { streams } from '@deskwire/contracts/subjects';
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

/** Changes show in frames before they are stored (decision 20), so rows can wait for company. */
const gatherMsMax = 500;

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
    gatherMsMax,
    read: (message) => [{ seq: message.seq, timeUs: message.timeUs, content: readTicketMessage(message) }],
    prepare,
    begin: repair,
  };
}
