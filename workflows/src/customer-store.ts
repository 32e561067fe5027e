import { customerProfile, mailOwner, mailOwnerKey, type CustomerProfile } from '@deskwire/contracts/customer';
import { wrongLastSequence } from '@deskwire/vault/key-bucket';
import { NatsError } from 'nats';
import { applyCustomer } from './apply-customer.ts';
import { CannotApply } from './cannot-apply.ts';
import type { CustomerTask } from './customer-work.ts';

/** What profiles need of bucket `customers`; a nats.js KV is one. */
export interface CustomerBucket {
  get(key: string): Promise<{ value: Uint8Array; revision: number; operation: string } | null>;
  put(key: string, value: Uint8Array, options: { previousSeq: number }): Promise<number>;
}

/** Applies a customer's event to the bucket, with compare-and-set. Rejects when the outcome is not known: done again it is harmless. */
export async function writeCustomer(bucket: CustomerBucket, { profile: key, change }: CustomerTask): Promise<void> {
  for (;;) {
    const stored = await bucket.get(key);
    const before = stored?.operation === 'PUT' ? readProfile(key, stored.value) : undefined;
    const after = applyCustomer(before, change);
    if (after === 'nothing') return;
    const isVerified = change.what.kind === 'snapshot' && change.what.isVerified;
    const linked = isVerified && after.state === 'live' ? await linkPerson(bucket, after) : after;
    if (await putIf(bucket, key, linked, stored?.revision ?? 0)) return;
  }
}

/** Whoever shows a verified address first gives it their person; everybody who shows it later is that person. */
async function linkPerson(
  bucket: CustomerBucket,
  profile: CustomerProfile & { state: 'live' },
): Promise<CustomerProfile> {
  if (profile.mail === null) return profile;
  const key = mailOwnerKey(profile.mail);
  for (;;) {
    const stored = await bucket.get(key);
    if (stored?.operation === 'PUT') return { ...profile, person: readOwner(key, stored.value) };
    if (await putIf(bucket, key, { person: profile.person }, stored?.revision ?? 0)) return profile;
  }
}

/** False when somebody else was faster. */
async function putIf(bucket: CustomerBucket, key: string, value: object, previousSeq: number): Promise<boolean> {
  try {
    await bucket.put(key, Buffer.from(JSON.stringify(value)), { previousSeq });
    return true;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === wrongLastSequence) return false;
    throw error;
  }
}

function readProfile(key: string, value: Uint8Array): CustomerProfile {
  return readAs(key, value, (json) => customerProfile.parse(json));
}

function readOwner(key: string, value: Uint8Array): string {
  return readAs(key, value, (json) => mailOwner.parse(json).person);
}

function readAs<Value>(key: string, value: Uint8Array, parse: (json: unknown) => Value): Value {
  try {
    return parse(JSON.parse(Buffer.from(value).toString('utf8')));
  } catch (error) {
    // The parser's message may quote the value.
    throw new CannotApply(`key ${key} of bucket customers cannot be read`, {
      cause: error instanceof Error ? error.name : undefined,
    });
  }
}
