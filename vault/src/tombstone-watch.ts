import { KvWatchInclude } from 'nats';
import { setTimeout as delay } from 'node:timers/promises';
import { isTombstone } from './data-key.ts';
import type { BucketUpdates, KeyBucket } from './key-bucket.ts';
import { isKeyName, type KeyName } from './key-name.ts';
import { KeysUnavailableError } from './vault-error.ts';

export interface TombstoneWatch {
  /** Resolves when nothing will be reported any more. */
  close(): Promise<void>;
}

/**
 * Reports every key that is destroyed from now on; resolves once it listens. When the watch breaks it goes on where it stopped,
 * at the earliest at `fromRevision`, so that no tombstone is missed; each break is told to `onBroken`.
 * After a server's restart nats.js notices only by missed heartbeats: tombstones then come up to 15 s late.
 */
export async function watchTombstones(options: {
  bucket: KeyBucket;
  fromRevision: number;
  retryMs: number;
  onDestroyed: (name: KeyName) => void;
  onBroken: (cause: unknown) => void;
}): Promise<TombstoneWatch> {
  const { bucket } = options;
  const closing = new AbortController();
  const closed = () => closing.signal.aborted;
  let seen = options.fromRevision;
  let updates: BucketUpdates | undefined;
  try {
    updates = await bucket.watch({ include: KvWatchInclude.UpdatesOnly });
  } catch (cause) {
    throw new KeysUnavailableError('the bucket "keys" cannot be watched', { cause });
  }

  async function report(from: BucketUpdates) {
    for await (const entry of from) {
      seen = entry.revision;
      if (isTombstone(entry) && isKeyName(entry.key)) options.onDestroyed(entry.key);
    }
  }

  async function run() {
    while (!closed()) {
      try {
        updates ??= await bucket.watch({ resumeFromRevision: seen + 1 });
        if (closed()) updates.stop();
        await report(updates);
        if (!closed()) options.onBroken(new KeysUnavailableError('the watch of the bucket "keys" ended'));
      } catch (cause) {
        options.onBroken(cause);
      }
      updates = undefined;
      // Rejects only because we are closing, and then the loop ends.
      await delay(options.retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    async close() {
      closing.abort();
      updates?.stop();
      await running;
    },
  };
}
