import { RowBinaryWriter } from '@deskwire/clickhouse/row-binary';
import { readTicketMessage } from '@deskwire/clickhouse/read-ticket-message';
import {
  ticketChangesColumns,
  writeTicketChangesRow,
  type TicketRowContent,
} from '@deskwire/clickhouse/ticket-changes-row';
import { streams } from '@deskwire/contracts/subjects';
import type { Batch, Counted, Feed, Prepared } from './feed.ts';

/** What a chunk of TICKETS says, one entry a message. */
export interface TicketEntries extends Counted {
  entries: { seq: number; timeUs: number; content: TicketRowContent }[];
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
export function createTicketsFeed({ repair, onUnreadable, onStored }: TicketsFeedOptions): Feed<TicketEntries> {
  function prepare({ pieces, rowCount, sizeBytes }: Batch<TicketEntries>): Promise<Prepared> {
    const writer = new RowBinaryWriter(sizeBytes + 512 * rowCount);
    const counts = { change: 0, floor: 0, unreadable: 0 };
    const unreadable: number[] = [];
    for (const { seq, timeUs, content } of pieces.flatMap(({ entries }) => entries)) {
      counts[content.kind] += 1;
      if (content.kind === 'unreadable') unreadable.push(seq);
      writeTicketChangesRow(writer, { seq, timeUs }, content);
    }
    if (unreadable.length > 0) onUnreadable(unreadable);
    return Promise.resolve({
      rowBinary: [writer.bytes()],
      rows: rowCount,
      onCommitted: () => onStored(counts),
    });
  }

  return {
    stream: streams.tickets,
    table: 'ticket_changes',
    // The desk begins behind the newest floor that is left, and applies the same events.
    lostRows: { are: 'withdrawn', alsoFrom: ['tickets'] },
    columns: ticketChangesColumns,
    gatherMsMax,
    decode: (messages) => {
      const entries = messages.map((message) => {
        const { seq, timeUs } = message;
        return { seq, timeUs, content: readTicketMessage(message) };
      });
      return Promise.resolve({ count: entries.length, entries });
    },
    prepare,
    begin: repair,
  };
}
