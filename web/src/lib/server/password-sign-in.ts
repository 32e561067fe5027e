import { checkPerson } from '@deskwire/contracts/check-person';
import { emailAddress, type Person } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import type { Account } from '@deskwire/contracts/session';
import { addressGroup, type SignInLimit } from '@deskwire/contracts/sign-in-limit';
import { isPasswordOf } from '@deskwire/people/password';
import type { People } from '@deskwire/people/people';
import { createAttempts } from './attempts';

export type PasswordSignIn =
  | { ok: true; person: Person }
  | { ok: false; reason: 'wrong' | 'disabled' | 'unknown-role' | 'too-many-from-address' | 'too-many-for-account' };

/**
 * Signs a person in with e-mail and password. Whether an address is known is told by neither answer nor time: a password
 * is checked in any case, and what is wrong with the account is said to those alone who know its password. Only
 * failures count, per address and per account; an attempt counts as one until it turns out right, so that many at once
 * are no way around, and who comes while only such fill a limit waits for them. Rejects as NATS does.
 */
export function createPasswordSignIn({
  people,
  addressLimit,
  accountLimit,
  onUnknownRole,
}: {
  people: Pick<People, 'find'>;
  addressLimit: SignInLimit;
  accountLimit: SignInLimit;
  onUnknownRole: (account: Account) => void;
}) {
  const attempts = createAttempts();

  return async (email: string, password: string, address: string): Promise<PasswordSignIn> => {
    const parsed = emailAddress.safeParse(email);
    const known = parsed.success ? parsed.data : email;
    const account = sha256Hex(known);
    const counted = [
      { limit: addressLimit, by: address, key: addressGroup(address), reason: 'too-many-from-address' },
      { limit: accountLimit, by: account, key: account, reason: 'too-many-for-account' },
    ] as const;
    for (;;) {
      const full = counted.find(({ limit, by }) => limit.blocked(by));
      if (full === undefined) break;
      const judged = attempts.next(full.key);
      if (judged === undefined) return { ok: false, reason: full.reason };
      await judged;
    }
    for (const { limit, by } of counted) limit.failed(by);
    const attempt = judge(known, password, () => counted.forEach(({ limit, by }) => limit.forgive(by)));
    attempts.add(
      counted.map(({ key }) => key),
      attempt,
    );
    return attempt;
  };

  async function judge(email: string, password: string, forgive: () => void): Promise<PasswordSignIn> {
    try {
      const kept = await people.find(email);
      if (!(await isPasswordOf(kept?.password_hash, password))) return { ok: false, reason: 'wrong' };
      forgive();
      const checked = checkPerson(JSON.stringify(kept), undefined);
      if (checked.ok) return checked;
      if (checked.reason === 'disabled') return { ok: false, reason: 'disabled' };
      if (checked.reason === 'unknown-role' && kept !== undefined) onUnknownRole({ kind: 'person', id: kept.id });
      return { ok: false, reason: 'unknown-role' };
    } catch (error) {
      forgive();
      throw error;
    }
  }
}
