import { accessTokenKey } from '@deskwire/contracts/access-token';
import { sha256Hex } from '@deskwire/contracts/secret';
import { hubPassesKey, sessionKey } from '@deskwire/contracts/session';
import { createSignInLimit } from '@deskwire/contracts/sign-in-limit';
import { expect, it } from 'vitest';
import { createSignIn } from './sign-in.ts';

const [tokenId, office] = ['abcdefghijkl', '203.0.113.7'];
const secrets = { bearer: 'b'.repeat(43), pass: 'p'.repeat(43), other: 'o'.repeat(43) };
const sessionSha256 = sha256Hex('a session');
const times = { created_at: '2026-11-22T10:00:00.000Z', expires_at: '2026-11-23T10:00:00.000Z' };
const token = { id: tokenId, secret_sha256: sha256Hex(secrets.bearer), role: 'analyst', name: 'Ana', teams: [] };
const records = new Map<string, unknown>([
  [accessTokenKey(tokenId), { ...token, created_at: times.created_at }],
  [sessionKey(sessionSha256), { token_id: tokenId, ...times }],
  [hubPassesKey(sessionSha256), [{ secret_sha256: sha256Hex(secrets.pass), expires_at: times.expires_at }]],
]);

function setUp({ away = false } = {}) {
  const signIn = createSignIn({
    store: {
      read: (_, key) => {
        if (away) return Promise.reject(new Error('NATS does not answer'));
        return Promise.resolve(records.has(key) ? { text: JSON.stringify(records.get(key)), revision: 1 } : undefined);
      },
    },
    limit: createSignInLimit({ now: () => 0 }),
    onUnknownRole: () => {},
    now: () => Date.parse(times.created_at),
  });
  return async (...asked: Parameters<typeof signIn>) => {
    const result = await signIn(...asked);
    return result.ok ? 'in' : result.reason;
  };
}
const pass = (secret: string) => `hp_${sessionSha256}_${secret}`;

it('lets a signed-in page in from an address that is blocked, and nobody else', async () => {
  const outcome = setUp();
  for (let failures = 0; failures < 10; failures++)
    expect(await outcome('nonsense', 'page', office)).toBe('unknown-token');
  expect(await outcome(pass(secrets.pass), 'page', office)).toBe('in');
  expect(await outcome(pass(secrets.other), 'page', office)).toBe('too-many');
  expect(await outcome(pass(secrets.pass), 'program', office)).toBe('too-many');
  expect(await outcome(`dw_${tokenId}_${secrets.bearer}`, 'program', office)).toBe('too-many');
  expect(await outcome(`dw_${tokenId}_${secrets.bearer}`, 'program', '203.0.113.8')).toBe('in');
});

it('counts a wrong pass against its address', async () => {
  const outcome = setUp();
  for (let failures = 0; failures < 10; failures++)
    expect(await outcome(pass(secrets.other), 'page', office)).toBe('unknown-token');
  expect(await outcome('nonsense', 'page', office)).toBe('too-many');
});

it('judges no more wrong tokens of an address than it may fail with, however many come at once', async () => {
  const outcome = setUp();
  const wrong = `dw_${tokenId}_${secrets.other}`;
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => outcome(wrong, 'program', office)));
  expect(outcomes.filter((one) => one === 'unknown-token')).toHaveLength(10);
  expect(outcomes.filter((one) => one === 'too-many')).toHaveLength(20);
});

it('lets a whole floor behind one address in at once, programs and pages, also beside a few who fail', async () => {
  const outcome = setUp();
  const floor = Array.from({ length: 200 }, (_, n) =>
    n % 2 === 0
      ? outcome(`dw_${tokenId}_${secrets.bearer}`, 'program', office)
      : outcome(pass(secrets.pass), 'page', office),
  );
  const wrong = Array.from({ length: 9 }, () => outcome('nonsense', 'program', office));
  expect(new Set(await Promise.all(floor))).toEqual(new Set(['in']));
  expect(new Set(await Promise.all(wrong))).toEqual(new Set(['unknown-token']));
});

it('counts nothing that could not be judged', async () => {
  const outcome = setUp({ away: true });
  const attempts = Array.from({ length: 30 }, () => outcome(`dw_${tokenId}_${secrets.bearer}`, 'program', office));
  expect((await Promise.allSettled(attempts)).every(({ status }) => status === 'rejected')).toBe(true);
  expect(await outcome('nonsense', 'program', office)).toBe('unknown-token');
});
