import { type KvWatchInclude, NatsError } from 'nats';

/** What the vault needs of the bucket `keys`; a nats.js KV is one. Its history is 1. */
export interface KeyBucket {
  get(key: string): Promise<BucketEntry | null>;
  put(key: string, value: Uint8Array, options: { previousSeq: number }): Promise<number>;
  watch(options: { include?: KvWatchInclude; resumeFromRevision?: number }): Promise<BucketUpdates>;
}

export interface BucketEntry {
  key: string;
  value: Uint8Array;
  operation: 'PUT' | 'DEL' | 'PURGE';
  revision: number;
}

export interface BucketUpdates extends AsyncIterable<BucketEntry> {
  stop(): void;
}

/**
 * False when something is stored there already, be it a tombstone. Rejects with NATS' error for anything else.
 * Not KV's own `create`: that one overwrites marks of deletion, and a destroyed key would come to life again.
 */
export async function putIfAbsent(bucket: KeyBucket, key: string, value: Uint8Array): Promise<boolean> {
  try {
    await bucket.put(key, value, { previousSeq: 0 });
    return true;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === wrongLastSequence) return false;
    throw error;
  }
}

/** JetStream's code for a compare-and-set that lost. */
export const wrongLastSequence = 10071;
