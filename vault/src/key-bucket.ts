import { setTimeout as sleep } from 'node:timers/promises';
import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
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
    if (error instanceof NatsError && isWrongLastSequence(error.api_error)) return false;
    throw error;
  }
}

/**
 * What another process has stored: in a cluster it may still be on its way to the server that answers, so it is looked for again for
 * about two seconds. Null when nothing came.
 */
export async function getOfOther(bucket: KeyBucket, key: string): Promise<BucketEntry | null> {
  for (let look = 1; ; look++) {
    const entry = await bucket.get(key);
    if (entry !== null || look === looksMax) return entry;
    await sleep(lookAgainMs);
  }
}

const looksMax = 40;
const lookAgainMs = 50;
