import type { Tip } from '@deskwire/streams/position';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { SeqRange } from '@deskwire/streams/stream-door';

/** One stream and the table it is stored in. The loop around it (session, append) is the same for every feed. */
export interface Feed<Rows extends Counted> {
  stream: string;
  table: string;
  /**
   * What becomes of rows whose messages the stream has lost, and gives their positions to others. Kept: they were acknowledged, and come
   * again as duplicates if at all. Withdrawn: whoever writes the stream makes them again; `alsoFrom`: tables that are derived from
   * this one, by epoch and position.
   */
  lostRows: { are: 'kept' } | { are: 'withdrawn'; alsoFrom: readonly string[] };
  /** Of the bytes that `prepare` writes, as `name Type` for `input()`. */
  columns: readonly string[];
  /** Rows wait for company at most so long, ms, however slow inserts are: beyond that it is not worth the delay. */
  gatherMsMax: number;
  /** What a chunk of messages becomes: of each message at least one row, in the order of `idx`. Has no effects; answers in the order of its calls. */
  decode: (messages: StreamMessage[]) => Promise<Rows>;
  /** Rows of a closed batch as RowBinary, with every effect that has to happen before they are stored. */
  prepare: (batch: Batch<Rows>, epoch: Epoch) => Promise<Prepared>;
  /** A session begins behind `tip`: what was prepared and not committed is forgotten, it will be read again. No insert of the feed is running. */
  begin: (tip: Tip) => void | Promise<void>;
}

/** Which instance of a stream a row belongs to; times in Unix microseconds. */
export interface Epoch {
  epoch: number;
  streamCreatedUs: number;
}

export interface Counted {
  /** Rows. */
  count: number;
}

/** Where a run of messages lies in its stream. */
export interface Span {
  sizeBytes: number;
  firstSeq: number;
  lastSeq: number;
  /** JetStream times of the first and the last message, Unix microseconds. */
  firstTimeUs: number;
  lastTimeUs: number;
  /** Positions that the stream no longer had when it was read, before or between these messages. */
  missing: SeqRange[];
}

/** Neighbouring messages, not yet read; of one month. */
export interface Chunk extends Span {
  messages: StreamMessage[];
}

/** A chunk that was read. */
export interface Piece<Rows> extends Span {
  rows: Rows;
}

/** Whole chunks of one month, in the order of the stream: what becomes one insert. */
export interface Batch<Rows> extends Span {
  pieces: Rows[];
  rowCount: number;
}

export interface Prepared {
  /** Whole rows in order, in any number of buffers. */
  rowBinary: Buffer[];
  rows: number;
  /** Called once the rows are stored. */
  onCommitted: () => void;
}
