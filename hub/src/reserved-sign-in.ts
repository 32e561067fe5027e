import { addressGroup, type SignInLimit } from '@deskwire/contracts/sign-in-limit';
import type { SignInResult } from './sign-in.ts';

type Judge = () => Promise<SignInResult> | SignInResult;

/**
 * Judges within the limit of an address: an attempt counts as a failure until it turns out right, so that many at once are no way
 * around, and who comes while only such fill the limit waits for them. What could not be judged counts for nothing.
 */
export function createReservedSignIn(limit: SignInLimit) {
  const running = new Map<string, Set<Promise<unknown>>>();

  async function judgeReserved(address: string, judge: Judge): Promise<SignInResult> {
    limit.failed(address);
    let isFailure = false;
    try {
      const result = await judge();
      isFailure = !result.ok;
      return result;
    } finally {
      if (!isFailure) limit.forgive(address);
    }
  }

  return async (address: string, judge: Judge): Promise<SignInResult> => {
    const group = addressGroup(address);
    while (limit.blocked(address)) {
      const others = running.get(group);
      if (others === undefined) return tooMany;
      await Promise.race(others);
    }
    const attempts = running.get(group) ?? new Set();
    running.set(group, attempts);
    const attempt = judgeReserved(address, judge).finally(() => {
      attempts.delete(settled);
      if (attempts.size === 0) running.delete(group);
    });
    const settled = attempt.catch(() => undefined);
    attempts.add(settled);
    return attempt;
  };
}

export const tooMany = { ok: false, reason: 'too-many' } as const;
