import { monthEndOf } from './chunker.ts';
import type { Batch, Counted, Piece } from './feed.ts';

export interface CollectorOptions {
  rowsMax: number;
  bytesMax: number;
  /** Between two batches at least, asked at each; the first event after a pause goes at once. */
  waitMs: () => number;
  /** There is room again. */
  onRoom: () => void;
  clock: () => number;
}

export interface Collector<Rows> {
  add: (piece: Piece<Rows>) => void;
  hasRoom: () => boolean;
  /** The next batch, as soon as it is full or has waited long enough. Rejects when `stop` aborts. */
  take: (stop: AbortSignal) => Promise<Batch<Rows>>;
}

/** Gathers pieces into batches of one month. Holds one batch at most, and what may still be on its way when it is full. */
export function createCollector<Rows extends Counted>({
  rowsMax,
  bytesMax,
  waitMs,
  onRoom,
  clock,
}: CollectorOptions): Collector<Rows> {
  const closed: Batch<Rows>[] = [];
  let open: Batch<Rows> | undefined;
  let takenAt = -Infinity;
  let wake: () => void = () => undefined;

  const isFull = (batch: Batch<Rows>) => batch.rowCount >= rowsMax || batch.sizeBytes >= bytesMax;
  const hasRoom = () => closed.length === 0 && (open === undefined || !isFull(open));

  function add(piece: Piece<Rows>): void {
    if (open !== undefined && (isFull(open) || piece.firstTimeUs >= monthEndOf(open.firstTimeUs))) {
      closed.push(open);
      open = undefined;
    }
    open = open === undefined ? batchOf(piece) : joined(open, piece);
    wake();
  }

  async function take(stop: AbortSignal): Promise<Batch<Rows>> {
    for (;;) {
      stop.throwIfAborted();
      const ripeInMs = takenAt + waitMs() - clock();
      const ready = closed.shift() ?? (open !== undefined && (isFull(open) || ripeInMs <= 0) ? open : undefined);
      if (ready !== undefined) {
        if (ready === open) open = undefined;
        takenAt = clock();
        if (hasRoom()) onRoom();
        return ready;
      }
      await woken(open === undefined ? undefined : ripeInMs, stop);
    }
  }

  function woken(afterMs: number | undefined, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = afterMs === undefined ? undefined : setTimeout(done, Math.max(1, afterMs));
      wake = () => {
        // A batch that only grows need not be looked at again before its time.
        if (timer === undefined || closed.length > 0 || (open !== undefined && isFull(open))) done();
      };
      stop.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        stop.removeEventListener('abort', done);
        wake = () => undefined;
        resolve();
      }
    });
  }
  return { add, hasRoom, take };
}

/** One piece as a batch of its own. */
export function batchOf<Rows extends Counted>({ rows, ...span }: Piece<Rows>): Batch<Rows> {
  return { ...span, pieces: [rows], rowCount: rows.count };
}

function joined<Rows extends Counted>(batch: Batch<Rows>, piece: Piece<Rows>): Batch<Rows> {
  batch.pieces.push(piece.rows);
  batch.rowCount += piece.rows.count;
  batch.sizeBytes += piece.sizeBytes;
  batch.lastSeq = piece.lastSeq;
  batch.lastTimeUs = piece.lastTimeUs;
  batch.missing.push(...piece.missing);
  return batch;
}
