import { customerProfile, type CustomerProfile } from '@deskwire/contracts/customer';
import { subjects } from '@deskwire/contracts/subjects';
import type { Appender } from './appender.ts';
import { applyCustomer } from './apply-customer.ts';
import { CannotApply } from './cannot-apply.ts';
import type { CustomerTask } from './customer-work.ts';
import type { DuplicateVerdict, LedgerVerdicts } from './ledger-verdicts.ts';
import type { Known, StateCache } from './state-cache.ts';

/** Bucket `customers` as it is read; a nats.js KV is one. Written is the stream below it, by an appender. */
export interface CustomerBucket {
  get(key: string): Promise<{ value: Uint8Array; revision: number; operation: string } | null>;
}

export interface CustomerDoors {
  bucket: CustomerBucket;
  append: Appender['append'];
  /** Told which revision a newer one has replaced: the bucket itself keeps all of them. */
  onReplaced: (revision: number) => void;
  /** By the profile's key. */
  cache: StateCache<CustomerProfile>;
  verdictOf: LedgerVerdicts;
}

export type CustomerOutcome = 'customer' | DuplicateVerdict;

/**
 * Applies a customer's event to the bucket, with compare-and-set; where another writer was faster the profile is read and judged
 * again. Rejects when the outcome is not known: done again it is harmless.
 */
export async function writeCustomer(
  doors: CustomerDoors,
  { profile: key, change }: CustomerTask,
  metBefore: boolean,
): Promise<CustomerOutcome> {
  const { bucket, append, cache, verdictOf } = doors;
  for (;;) {
    const known = cache.get(key) ?? (await loadProfile(bucket, key));
    const after = applyCustomer(known.state, change);
    const isAsked = after !== 'nothing' && (metBefore || isDoubtful(known.state, change));
    const duplicate = isAsked ? await verdictOf(change.position) : undefined;
    if (after === 'nothing' || duplicate !== undefined) {
      cache.set(key, known);
      return duplicate ?? 'customer';
    }
    cache.forget(key);
    const appended = await append(subjects.customer(key), Buffer.from(JSON.stringify(after)), known.seq);
    if (appended === 'conflict') continue;
    if (known.seq > 0) doors.onReplaced(known.seq);
    cache.set(key, { state: after, seq: appended.seq });
    return 'customer';
  }
}

/** A snapshot of the same moment is a newer one, or a copy with other content, which the ledger does not accept. */
function isDoubtful(known: CustomerProfile | undefined, { what }: CustomerTask['change']): boolean {
  if (what.kind !== 'snapshot' || known?.state !== 'live' || known.updated_at === null) return false;
  return Date.parse(known.updated_at) === Date.parse(what.updated_at);
}

async function loadProfile(bucket: CustomerBucket, key: string): Promise<Known<CustomerProfile>> {
  const stored = await bucket.get(key);
  return {
    state: stored?.operation === 'PUT' ? readProfile(key, stored.value) : undefined,
    seq: stored?.revision ?? 0,
  };
}

function readProfile(key: string, value: Uint8Array): CustomerProfile {
  try {
    return customerProfile.parse(JSON.parse(Buffer.from(value).toString('utf8')));
  } catch (error) {
    // The parser's message may quote the value.
    throw new CannotApply(`key ${key} of bucket customers cannot be read`, {
      cause: error instanceof Error ? error.name : undefined,
    });
  }
}
