import { pause } from './pause.ts';

/** What a lease needs of a bucket; a nats.js KV is one. */
export interface LeaseBucket {
  get(key: string): Promise<{ value: Uint8Array; revision: number; operation: string } | null>;
  /** Compare-and-set on the revision; 0 means "not there". Rejects when another one was faster. */
  put(key: string, value: Uint8Array, options: { previousSeq: number }): Promise<number>;
}

export interface LeaseOptions {
  bucket: LeaseBucket;
  key: string;
  /** Who holds it, for people who look. */
  holder: string;
  /** A lease has lapsed when its revision has not changed for this long by the observer's own clock. */
  ttlMs: number;
  /** Monotonic, ms. */
  clock?: () => number;
}

export interface Held {
  /** Of the record when it was taken; higher with every holder. */
  revision: number;
  /** Aborts when the lease is lost: another holder took it, or it could not be renewed in time. */
  lost: AbortSignal;
  /** Gives it up, so that the next one need not wait. */
  release: () => Promise<void>;
}

const released = Buffer.from('{"holder":null}');

/**
 * Waits until the lease is ours and keeps it. It saves work and is never what correctness rests on: a holder that sleeps
 * may believe in it for a while longer. Rejects only when `stop` aborts.
 */
export async function holdLease(
  { bucket, key, holder, ttlMs, clock = () => performance.now() }: LeaseOptions,
  stop: AbortSignal,
): Promise<Held> {
  const value = Buffer.from(JSON.stringify({ holder }));
  let seen = { revision: -1, at: clock() };
  for (;;) {
    stop.throwIfAborted();
    try {
      const entry = await bucket.get(key);
      const revision = entry?.revision ?? 0;
      if (revision !== seen.revision) seen = { revision, at: clock() };
      const free = entry === null || entry.operation !== 'PUT' || Buffer.from(entry.value).equals(released);
      if (free || clock() - seen.at >= ttlMs) return keep(await bucket.put(key, value, { previousSeq: revision }));
    } catch {
      // Somebody was faster, or the bucket does not answer: look again.
    }
    await pause(ttlMs / 8, stop);
  }

  function keep(first: number): Held {
    const lost = new AbortController();
    let revision = first;
    let renewedAt = clock();
    let renewing = false;
    const timer = setInterval(() => void renew(), ttlMs / 4);
    const lose = (why: string) => {
      clearInterval(timer);
      lost.abort(new LeaseLost(why));
    };
    async function renew(): Promise<void> {
      if (clock() - renewedAt >= ttlMs) lose('it could not be renewed in time');
      if (renewing || lost.signal.aborted) return;
      renewing = true;
      const startedAt = clock();
      try {
        revision = await bucket.put(key, value, { previousSeq: revision });
        renewedAt = startedAt;
      } catch {
        const entry = await bucket.get(key).catch(() => undefined);
        // An answer that was lost on the way has raised the revision under our own name.
        if (entry?.revision !== undefined && Buffer.from(entry.value).equals(value)) revision = entry.revision;
        else if (entry !== undefined) lose('another holder took it');
      } finally {
        renewing = false;
      }
    }
    return {
      revision: first,
      lost: lost.signal,
      release: async () => {
        clearInterval(timer);
        // Lost or unreachable: the next holder waits for it to lapse.
        await bucket.put(key, released, { previousSeq: revision }).catch(() => undefined);
      },
    };
  }
}

export class LeaseLost extends Error {
  override name = 'LeaseLost';
}
