import type { Tip } from '@deskwire/streams/position';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { SeqRange } from '@deskwire/streams/stream-door';

/** One stream and the table it is stored in. The loop around it (session, append) is the same for every feed. */
export interface Feed<Entry> {
  stream: string;
  table: string;
  /** Structure of the bytes that `prepare` writes, for `input()`. */
  structure: string;
  /** Rows wait for company at most so long, ms, however slow inserts are: beyond that it is not worth the delay. */
  gatherMsMax: number;
  /** What one message becomes: at least one entry, one row each, in the order of `idx`. Has no effects. */
  read: (message: StreamMessage) => Entry[];
  /** Rows of a closed batch as RowBinary, with every effect that has to happen before they are stored. */
  prepare: (batch: Batch<Entry>, epoch: Epoch) => Promise<Prepared>;
  /** A session begins behind `tip`: what was prepared and not committed is forgotten, it will be read again. No insert of the feed is running. */
  begin: (tip: Tip) => void | Promise<void>;
}

/** Which instance of a stream a row belongs to; times in Unix microseconds. */
export interface Epoch {
  epoch: number;
  streamCreatedUs: number;
}

/** Whole messages, in the order of the stream. */
export interface Batch<Entry> {
  entries: Entry[];
  sizeBytes: number;
  firstSeq: number;
  lastSeq: number;
  /** JetStream times of the first and the last message, Unix microseconds. */
  firstTimeUs: number;
  lastTimeUs: number;
  /** Positions that the stream no longer had when it was read, before or between these messages. */
  missing: SeqRange[];
}

export interface Prepared {
  rowBinary: Buffer;
  rows: number;
  /** Called once the rows are stored. */
  onCommitted: () => void;
}
