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

function setUp() {
  const signIn = createSignIn({
    store: {
      read: (_, key) =>
        Promise.resolve(records.has(key) ? { text: JSON.stringify(records.get(key)), revision: 1 } : undefined),
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
