import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
import { NatsError, type JetStreamClient, type KV } from 'nats';

/**
 * Bucket `users` as the people in it are read and written: all at once, and each write only if nothing in the bucket has
 * changed since. So rules about several people (one administrator is left, an address belongs to one) hold, whoever
 * else writes. There are few of them and they rarely change.
 */
export interface UsersBucket {
  kv: KV;
  js: JetStreamClient;
}

export interface BucketSnapshot {
  /** Position of the bucket's stream before the records were read. */
  lastSeq: number;
  records: Map<string, string>;
}

/** All records below a prefix, e.g. `person.>`, as of now. */
export async function readRecords(kv: KV, filter: string): Promise<BucketSnapshot> {
  const { streamInfo } = await kv.status();
  const records = new Map<string, string>();
  // Not history(): nats.js 2.29 yields undefined from it while somebody writes. This may be called before watch() returns.
  let initialised = (): void => undefined;
  const allRead = new Promise<void>((resolve) => (initialised = resolve));
  const changes = await kv.watch({ key: filter, initializedFn: initialised });
  void allRead.then(() => changes.stop());
  for await (const entry of changes) {
    if (entry.operation === 'PUT') records.set(entry.key, entry.string());
    else records.delete(entry.key);
  }
  return { lastSeq: streamInfo.state.last_seq, records };
}

/** False when the bucket has changed since `lastSeq`: read again. */
export async function writeUser({ js }: UsersBucket, key: string, record: object, lastSeq: number): Promise<boolean> {
  return written(js.publish(`$KV.users.${key}`, JSON.stringify(record), { expect: { lastSequence: lastSeq } }));
}

/** False when somebody else was faster. */
export async function written(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof NatsError && isWrongLastSequence(error.api_error)) return false;
    throw error;
  }
}
