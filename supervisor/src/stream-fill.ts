import { streamFillAlert } from '@deskwire/contracts/alert';
import type { Log } from '@deskwire/runtime/log';

export interface FillOptions {
  stream: string;
  /** How full the stream is now. */
  read: () => Promise<{ bytes: number; maxBytes: number }>;
  publish: (subject: string, body: string) => Promise<unknown>;
  everyMs: number;
  /** Unix time, ms. */
  now: () => number;
  log: Log;
}

/** An alert when a stream is this full, and another one only after it has been well below. */
export const alertAbove = 0.8;
const calmBelow = 0.7;

/** Watches how full a stream is: a full one refuses its publishers, which somebody should know before. */
export function watchStreamFill({ stream, read, publish, everyMs, now, log }: FillOptions): { stop: () => void } {
  let told = false;
  let stopped = false;
  let timer = setTimeout(() => void round(), 0);

  async function round(): Promise<void> {
    try {
      const { bytes, maxBytes } = await read();
      const share = maxBytes > 0 ? bytes / maxBytes : 0;
      if (share >= alertAbove && !told) {
        const { subject, body } = streamFillAlert(stream, share, now());
        log.warn({ alert: true, stream, share }, body.title);
        await publish(subject, JSON.stringify(body));
        told = true;
      } else if (share < calmBelow) told = false;
    } catch {
      // NATS is away; the probe says so, and the next round asks again.
    }
    if (!stopped) timer = setTimeout(() => void round(), everyMs);
  }

  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
