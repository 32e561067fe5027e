import { createSignInLimit } from '@deskwire/contracts/sign-in-limit';
import type { KeptPerson } from '@deskwire/contracts/person';
import { hashPassword } from '@deskwire/people/password';
import { beforeAll, expect, it } from 'vitest';
import { createPasswordSignIn } from './password-sign-in';

const password = 'four quiet herons';
const office = '203.0.113.7';
let password_hash: string;
beforeAll(async () => {
  password_hash = await hashPassword(password);
});

function setUp() {
  const limit = () => createSignInLimit({ now: () => 0 });
  const find = (email: string): Promise<KeptPerson> =>
    Promise.resolve({
      ...{ id: 'p0123456789abcde', email, name: 'Ana Ruiz', role: 'analyst', teams: [], password_hash },
      ...{ generation: 1, created_at: '2026-01-01T00:00:00.000Z' },
    });
  const parts = { people: { find }, addressLimit: limit(), accountLimit: limit(), onUnknownRole: () => undefined };
  return createPasswordSignIn(parts);
}
const outcome = (answer: Awaited<ReturnType<ReturnType<typeof setUp>>>) => (answer.ok ? 'ok' : answer.reason);

it('takes every right password of an office that comes at once', async () => {
  const signIn = setUp();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => signIn(`person-${n}@example.com`, password, office)),
  );
  expect(answers.map(outcome)).toEqual(Array(20).fill('ok'));
});

it('judges ten wrong ones of those that come at once, from one address or for one account, and no more', async () => {
  const ofAddress = setUp();
  const wrong = await Promise.all(
    Array.from({ length: 14 }, (_, n) => ofAddress(`person-${n}@example.com`, 'wrong password', office)),
  );
  expect(wrong.map(outcome).sort()).toEqual([...Array(4).fill('too-many-from-address'), ...Array(10).fill('wrong')]);
  expect(outcome(await ofAddress('person-1@example.com', password, office))).toBe('too-many-from-address');

  const ofAccount = setUp();
  const guesses = await Promise.all(
    Array.from({ length: 14 }, (_, n) => ofAccount('ana@example.com', 'wrong password', `203.0.113.${n}`)),
  );
  expect(guesses.map(outcome).sort()).toEqual([...Array(4).fill('too-many-for-account'), ...Array(10).fill('wrong')]);
});
