import { setTimeout as sleep } from 'node:timers/promises';
import { segmentOf } from '@deskwire/contracts/desk-id';
import { subjects } from '@deskwire/contracts/subjects';
import type { RowsMessage } from './publish-rows.ts';
import type { RowRange } from './row-ranges.ts';

/** The rows of a log as events; `timeMs` (Unix, of the log) is when a row happened, undefined when it does not say. */
export interface Rows {
  event: (row: number) => { type: string; time: string | undefined };
  timeMs: (row: number) => number | undefined;
}

export interface RowMessagesOptions {
  rows: Rows;
  /** What is still to be sent. */
  missing: RowRange[];
  source: string;
  /** Times real time, or Infinity. */
  speed: number;
  stop: AbortSignal;
}

const eventsMax = 100;
/** Half of what one message may have, so that a batch of long rows still fits. */
const batchBytesMax = 524_288;
const sleepMsMax = 60_000;

/** Ends early when `stop` aborts. Without a pace arrays of at most 100 events, with one each event for itself when it is due. */
export function rowMessages(options: RowMessagesOptions): AsyncIterable<RowsMessage> {
  return options.speed === Infinity ? batches(options) : paced(options);
}

async function* batches({ rows, missing, source, stop }: RowMessagesOptions): AsyncGenerator<RowsMessage> {
  const subject = subjects.batch(segmentOf(source));
  for (const { from, to } of missing) {
    let texts: string[] = [];
    let bytes = 0;
    let start = from;
    let first: string | undefined;
    for (let row = from; row < to; row++) {
      // Nothing else would let a signal through while the window has room.
      if (texts.length === 0) await Promise.resolve();
      if (stop.aborted) return;
      const event = rows.event(row);
      const text = JSON.stringify(event);
      if (texts.length === 0) first = event.time;
      texts.push(text);
      bytes += Buffer.byteLength(text);
      if (texts.length < eventsMax && bytes < batchBytesMax && row + 1 < to) continue;
      yield { range: { from: start, to: row + 1 }, subject, payload: `[${texts.join(',')}]`, first, last: event.time };
      texts = [];
      bytes = 0;
      start = row + 1;
    }
  }
}

async function* paced({ rows, missing, source, speed, stop }: RowMessagesOptions): AsyncGenerator<RowsMessage> {
  const segment = segmentOf(source);
  const startedAt = performance.now();
  let firstMs: number | undefined;
  for (const { from, to } of missing) {
    for (let row = from; row < to; row++) {
      const timeMs = rows.timeMs(row);
      firstMs ??= timeMs;
      if (timeMs !== undefined && firstMs !== undefined) await untilDue(startedAt + (timeMs - firstMs) / speed, stop);
      if (stop.aborted) return;
      const event = rows.event(row);
      const subject = subjects.event(segment, event.type);
      yield {
        range: { from: row, to: row + 1 },
        subject,
        payload: JSON.stringify(event),
        first: event.time,
        last: event.time,
      };
    }
  }
}

/** In steps, since a timer holds at most 24 days. */
async function untilDue(at: number, stop: AbortSignal): Promise<void> {
  for (let left = at - performance.now(); left > 0 && !stop.aborted; left = at - performance.now()) {
    await sleep(Math.min(left, sleepMsMax), undefined, { signal: stop }).catch(() => undefined); // Aborted: seen above.
  }
}
