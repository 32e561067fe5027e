import { NatsError } from 'nats';
import type { BucketEntry, KeyBucket } from './key-bucket.ts';

export interface MemoryBucket extends KeyBucket {
  /** Writes whatever was there, as an operator or a later version would. */
  overwrite(key: string, value: Uint8Array, operation?: BucketEntry['operation']): void;
  /** Ends every watch, as a lost connection does. */
  breakWatches(): void;
  /** Calls of get and put so far. */
  readonly calls: { get: number; put: number };
  readonly entries: ReadonlyMap<string, BucketEntry>;
}

/** The bucket `keys` for unit tests, here and in rooms that need a vault without a server: history 1, answers in the next tick. */
export function createMemoryBucket(): MemoryBucket {
  const entries = new Map<string, BucketEntry>();
  const watches = new Set<ReturnType<typeof createUpdates>>();
  const calls = { get: 0, put: 0 };
  let revision = 0;

  function store(key: string, value: Uint8Array, operation: BucketEntry['operation'] = 'PUT') {
    const entry = { key, value: Uint8Array.from(value), operation, revision: ++revision };
    entries.delete(key);
    entries.set(key, entry);
    for (const watch of watches) watch.push(entry);
  }

  return {
    calls,
    entries,
    overwrite: store,
    async get(key) {
      calls.get++;
      await Promise.resolve();
      return entries.get(key) ?? null;
    },
    async put(key, value, { previousSeq }) {
      calls.put++;
      await Promise.resolve();
      if ((entries.get(key)?.revision ?? 0) !== previousSeq) throw conflict();
      store(key, value);
      return revision;
    },
    async watch({ resumeFromRevision }) {
      await Promise.resolve();
      const updates = createUpdates();
      watches.add(updates);
      for (const entry of entries.values()) {
        if (resumeFromRevision !== undefined && entry.revision >= resumeFromRevision) updates.push(entry);
      }
      return updates;
    },
    breakWatches() {
      for (const watch of watches) watch.stop();
      watches.clear();
    },
  };
}

function createUpdates() {
  const waiting: BucketEntry[] = [];
  let stopped = false;
  let wake = () => {};
  return {
    push(entry: BucketEntry) {
      waiting.push(entry);
      wake();
    },
    stop() {
      stopped = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) yield entry;
        if (stopped) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

function conflict(): NatsError {
  const error = new NatsError('wrong last sequence', '400');
  error.api_error = { code: 400, err_code: 10_071, description: 'wrong last sequence' };
  return error;
}
