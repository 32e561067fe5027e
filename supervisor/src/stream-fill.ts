import { streamFillAlert } from '@deskwire/contracts/alert';
import type { Log } from '@deskwire/runtime/log';

/** How full a stream is. `maxBytes`: all that it may hold, also what its limit can still be raised by. */
export interface StreamFill {
  stream: string;
  bytes: number;
  maxBytes: number;
}

export interface FillOptions {
  /** How full the streams are now; whatever can be done about it is done. */
  read: () => Promise<StreamFill[]>;
  publish: (subject: string, body: string) => Promise<unknown>;
  everyMs: number;
  /** Unix time, ms. */
  now: () => number;
  log: Log;
}

/** An alert when a stream is this full, and another one only after it has been well below. */
const alertAbove = 0.8;
const calmBelow = 0.7;

/** Watches how full streams are: a full one refuses its publishers, which somebody should know before. */
export function watchStreamFill({ read, publish, everyMs, now, log }: FillOptions): { stop: () => void } {
  const told = new Set<string>();
  let stopped = false;
  let timer = setTimeout(() => void round(), 0);

  async function round(): Promise<void> {
    try {
      for (const fill of await read()) await tell(fill);
    } catch {
      // NATS is away; the probe says so, and the next round asks again.
    }
    if (!stopped) timer = setTimeout(() => void round(), everyMs);
  }

  async function tell({ stream, bytes, maxBytes }: StreamFill): Promise<void> {
    const share = maxBytes > 0 ? bytes / maxBytes : 0;
    if (share >= alertAbove && !told.has(stream)) {
      const { subject, body } = streamFillAlert(stream, share, now());
      log.warn({ alert: true, stream, share }, body.title);
      await publish(subject, JSON.stringify(body));
      told.add(stream);
    } else if (share < calmBelow) told.delete(stream);
  }

  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
