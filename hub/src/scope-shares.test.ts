import { expect, it } from 'vitest';
import { createScopeShares } from './scope-shares.ts';

const socketOf = (user_id: string) => ({
  data: { who: { actor: { user_id, role: 'analyst' as const, teams: [] }, grounds: [], expiresAt: undefined } },
});

it('counts the scopes of a person over all connections, each once, and leaves the others theirs', () => {
  const shares = createScopeShares(2);
  const [one, two, other] = [socketOf('ann'), socketOf('ann'), socketOf('bob')];
  expect([shares.take(one, 'all'), shares.take(two, 'team:a'), shares.take(two, 'team:b')]).toEqual([
    true,
    true,
    false,
  ]);
  expect([shares.take(two, 'all'), shares.take(other, 'team:b')]).toEqual([true, true]);
});

it('gives back what a connection leaves, one scope or all', () => {
  const shares = createScopeShares(2);
  const [one, two] = [socketOf('ann'), socketOf('ann')];
  shares.take(one, 'team:a');
  shares.take(one, 'team:b');
  shares.take(two, 'team:b');
  shares.drop(one, 'team:a');
  expect([shares.holds(one, 'team:a'), shares.holds(one, 'team:b')]).toEqual([false, true]);
  expect(shares.take(two, 'team:c')).toBe(true);
  shares.drop(one);
  expect([shares.holds(one, 'team:b'), shares.take(one, 'team:d')]).toEqual([false, false]);
  shares.drop(two);
  expect(shares.take(one, 'team:d')).toBe(true);
});
