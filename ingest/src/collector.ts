import type { SeqRange } from '@deskwire/streams/stream-door';
import type { Batch } from './feed.ts';
import type { StreamMessage } from '@deskwire/streams/reader';

export interface CollectorOptions<Entry> {
  read: (message: StreamMessage) => Entry[];
  nextSeq: number;
  rowsMax: number;
  bytesMax: number;
  /** Between two batches at least, asked at each; the first event after a pause goes at once. */
  waitMs: () => number;
  /** There is room again. */
  onRoom: () => void;
  clock: () => number;
}

export interface Collector<Entry> {
  add: (message: StreamMessage) => void;
  hasRoom: () => boolean;
  /** The next batch, as soon as it is full or has waited long enough. Rejects when `stop` aborts. */
  take: (stop: AbortSignal) => Promise<Batch<Entry>>;
  isEmpty: () => boolean;
  /** The position expected next. */
  nextSeq: () => number;
}

/**
 * Gathers messages into batches that never split a message or a month. Holds one batch at most, and what one pull may
 * still bring when it is full.
 */
export function createCollector<Entry>({
  read,
  nextSeq,
  rowsMax,
  bytesMax,
  waitMs,
  onRoom,
  clock,
}: CollectorOptions<Entry>): Collector<Entry> {
  const closed: Batch<Entry>[] = [];
  let open: Batch<Entry> | undefined;
  let expectedSeq = nextSeq;
  let takenAt = -Infinity;
  let monthEndUs = 0;
  let wake: () => void = () => undefined;

  const isFull = (batch: Batch<Entry>) => batch.entries.length >= rowsMax || batch.sizeBytes >= bytesMax;
  const hasRoom = () => closed.length === 0 && (open === undefined || !isFull(open));

  function add(message: StreamMessage): void {
    if (open !== undefined && (isFull(open) || message.timeUs >= monthEndUs)) {
      closed.push(open);
      open = undefined;
    }
    if (open === undefined) {
      open = {
        entries: [],
        sizeBytes: 0,
        firstSeq: message.seq,
        lastSeq: 0,
        firstTimeUs: message.timeUs,
        lastTimeUs: 0,
        missing: [],
      };
      monthEndUs = monthEndOf(message.timeUs);
    }
    if (message.seq > expectedSeq)
      open.missing.push({ fromSeq: expectedSeq, toSeq: message.seq - 1 } satisfies SeqRange);
    for (const entry of read(message)) open.entries.push(entry);
    open.sizeBytes += message.data.byteLength;
    open.lastSeq = message.seq;
    open.lastTimeUs = message.timeUs;
    expectedSeq = message.seq + 1;
    wake();
  }

  async function take(stop: AbortSignal): Promise<Batch<Entry>> {
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
  return { add, hasRoom, take, isEmpty: () => open === undefined && closed.length === 0, nextSeq: () => expectedSeq };
}

/** Partitions are months of the JetStream time; one insert into two of them would be two parts. Unix microseconds. */
function monthEndOf(timeUs: number): number {
  const date = new Date(timeUs / 1_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) * 1_000;
}
