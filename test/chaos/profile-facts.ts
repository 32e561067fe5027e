import { customerProfile, profileKey, type CustomerProfile } from '@deskwire/contracts/customer';
import { segmentOf } from '@deskwire/contracts/desk-id';
import type { NatsConnection } from 'nats';
import { isDeepStrictEqual } from 'node:util';
import { eachStreamMessage } from '../src/stream-messages.ts';
import { customerOf, happenedAt, identityOf, kindOf } from './chaos-event.ts';

const prefix = '$KV.customers.';
/** So many interactions a profile keeps. */
const interactionsMax = 10;

interface Expected {
  updatedAt: string | null;
  interactions: string[];
}

/** Sentences about profiles that are not what the accepted events make of them, and about persons that were torn apart. */
export async function readProfileFaults(nc: NatsConnection, times: Uint8Array): Promise<string[]> {
  const profiles = new Map<string, CustomerProfile & { state: 'live' }>();
  await eachStreamMessage(nc, { stream: 'KV_customers', startSeq: 1 }, ({ subject, data }) => {
    const key = subject.slice(prefix.length);
    const profile = customerProfile.parse(JSON.parse(Buffer.from(data).toString()));
    if (profile.state === 'live') profiles.set(key, profile);
  });
  const expected = expectedProfiles(times);
  const faults: string[] = [];
  const some = (keys: string[], what: string) => {
    if (keys.length > 0) faults.push(`${keys.length} ${what}: ${keys.slice(0, 5).join(', ')}`);
  };
  const isAsExpected = ([key, { updatedAt, interactions }]: [string, Expected]) => {
    const profile = profiles.get(key);
    const kept = profile?.interactions.map(({ occurred_at }) => new Date(occurred_at).toISOString());
    // Copies with other content say `gold`; the ledger accepts none of them.
    const isAccepted = updatedAt === null || profile?.tier === 'plain';
    return (
      isAccepted && profile?.updated_at === updatedAt && isDeepStrictEqual(kept, interactions.slice(-interactionsMax))
    );
  };
  some(
    [...expected].filter((one) => !isAsExpected(one)).map(([key]) => key),
    'profiles are not what their accepted events make of them',
  );
  some(
    [...profiles.keys()].filter((key) => !expected.has(key)),
    'profiles have no accepted event',
  );
  some(
    [...profiles].filter(([, { mail, person }]) => mail !== null && mail !== person).map(([key]) => key),
    'customers with a verified address are not the person whose address it is',
  );
  return faults;
}

function expectedProfiles(times: Uint8Array): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (let n = 0; n < times.length; n++) {
    const kind = kindOf(n);
    if (times[n] === 0 || (kind !== 'customer.snapshot' && kind !== 'interaction.logged')) continue;
    const key = profileKey(segmentOf(identityOf(n).source), `C${customerOf(n)}`);
    const profile = expected.get(key) ?? { updatedAt: null, interactions: [] };
    // Later numbers happened later.
    if (kind === 'customer.snapshot') profile.updatedAt = happenedAt(n);
    else profile.interactions.push(happenedAt(n));
    expected.set(key, profile);
  }
  return expected;
}
