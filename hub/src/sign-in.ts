import { accessTokenKey, parseBearer } from '@deskwire/contracts/access-token';
import { checkAccessToken } from '@deskwire/contracts/check-access-token';
import { checkPerson } from '@deskwire/contracts/check-person';
import { personKey } from '@deskwire/contracts/person';
import { isSecretOf } from '@deskwire/contracts/secret';
import { hubPasses, hubPassesKey, parseHubPass, session, sessionKey, type Account } from '@deskwire/contracts/session';
import type { SignInLimit } from '@deskwire/contracts/sign-in-limit';
import type { Ground, SignedIn } from './hub-socket.ts';
import type { OriginVerdict } from './origin.ts';
import { createReservedSignIn, tooMany } from './reserved-sign-in.ts';

/** Why a socket was refused; a metric label and the `data.code` of the client's connect_error. */
export type SignInRefusal =
  'no-token' | 'bearer-needed' | 'unknown-token' | 'expired' | 'unknown-role' | 'too-many' | 'unavailable';

export type SignInResult = { ok: true; who: SignedIn } | { ok: false; reason: SignInRefusal };

export interface RecordStore {
  /** One KV record; undefined when absent or deleted. Rejects when NATS does not answer. */
  read: (bucket: Ground['bucket'], key: string) => Promise<{ text: string; revision: number } | undefined>;
}

/**
 * Decides who a socket is from the token in its handshake: a bearer token of a program, or the pass that a signed-in
 * page got from `GET /api/v1/hub-token`. Refusals for a wrong secret count against the address.
 */
export function createSignIn({
  store,
  limit,
  onUnknownRole,
  now,
}: {
  store: RecordStore;
  limit: SignInLimit;
  /** Told once per refused attempt; raises the alert. */
  onUnknownRole: (account: Account) => void;
  /** Unix time, ms. */
  now: () => number;
}) {
  async function actAs(tokenId: string, secret: string | undefined): Promise<SignInResult> {
    const key = accessTokenKey(tokenId);
    const record = await store.read('users', key);
    const check = checkAccessToken(record?.text, secret);
    if (check.ok && record !== undefined) {
      const { id, role, teams } = check.token;
      const grounds: Ground[] = [{ bucket: 'users', key, revision: record.revision }];
      return { ok: true, who: { actor: { user_id: id, role, teams }, grounds, expiresAt: undefined } };
    }
    if (check.ok || check.reason !== 'unknown-role') return { ok: false, reason: 'unknown-token' };
    onUnknownRole({ kind: 'token', id: tokenId });
    return { ok: false, reason: 'unknown-role' };
  }

  async function actAsPerson(personId: string, generation: number): Promise<SignInResult> {
    const key = personKey(personId);
    const record = await store.read('users', key);
    const check = checkPerson(record?.text, generation);
    if (check.ok && record !== undefined) {
      const { id, role, teams } = check.person;
      const grounds: Ground[] = [{ bucket: 'users', key, revision: record.revision }];
      return { ok: true, who: { actor: { user_id: id, role, teams }, grounds, expiresAt: undefined } };
    }
    if (check.ok || check.reason !== 'unknown-role') return { ok: false, reason: 'unknown-token' };
    onUnknownRole({ kind: 'person', id: personId });
    return { ok: false, reason: 'unknown-role' };
  }

  async function withPass(sessionSha256: string, secret: string): Promise<SignInResult> {
    const key = sessionKey(sessionSha256);
    const [passes, record] = await Promise.all([
      store.read('sessions', hubPassesKey(sessionSha256)),
      store.read('sessions', key),
    ]);
    if (passes === undefined || record === undefined) return { ok: false, reason: 'unknown-token' };
    const pass = hubPasses.parse(JSON.parse(passes.text)).find((kept) => isSecretOf(kept.secret_sha256, secret));
    if (pass === undefined) return { ok: false, reason: 'unknown-token' };
    const signedIn = session.parse(JSON.parse(record.text));
    const expiresAt = Date.parse(signedIn.expires_at);
    if (Math.min(expiresAt, Date.parse(pass.expires_at)) <= now()) return { ok: false, reason: 'expired' };
    const result =
      'token_id' in signedIn
        ? await actAs(signedIn.token_id, undefined)
        : await actAsPerson(signedIn.person_id, signedIn.generation);
    if (!result.ok) return result;
    const grounds: Ground[] = [...result.who.grounds, { bucket: 'sessions', key, revision: record.revision }];
    return { ok: true, who: { ...result.who, grounds, expiresAt } };
  }

  function judge(token: unknown, origin: OriginVerdict): Promise<SignInResult> | SignInResult {
    if (typeof token !== 'string' || token === '') return { ok: false, reason: 'no-token' };
    const bearer = parseBearer(token);
    if (bearer !== undefined) return actAs(bearer.id, bearer.secret);
    const pass = parseHubPass(token);
    if (pass === undefined) return { ok: false, reason: 'unknown-token' };
    // A pass belongs to a page: a program that shows one has taken it from somebody's browser.
    return origin === 'page' ? withPass(pass.sessionSha256, pass.secret) : { ok: false, reason: 'bearer-needed' };
  }

  const judgeReserved = createReservedSignIn(limit);

  return async (token: unknown, origin: OriginVerdict, address: string): Promise<SignInResult> => {
    if (origin !== 'page' || !isPass(token)) return judgeReserved(address, () => judge(token, origin));
    // A page that is signed in comes in, whoever else comes from its address: 256 bits are not guessed.
    const blocked = limit.blocked(address);
    const result = await judge(token, origin);
    if (result.ok) return result;
    if (blocked) return tooMany;
    if (result.reason !== 'expired') limit.failed(address);
    return result;
  };
}

const isPass = (token: unknown) => typeof token === 'string' && parseHubPass(token) !== undefined;

/** What the person or program is told. */
export const refusalMessages: Record<SignInRefusal, string> = {
  'no-token':
    'A token is needed: connect with auth: { token }. Make one with npm run token -- add --role <role> --name <name>.',
  'bearer-needed': 'A client without Origin needs a bearer token: npm run token -- add --role <role> --name <name>.',
  'unknown-token':
    'This token is not valid, or was revoked. Sign in again, or make a new one with npm run token -- add.',
  expired: 'This token has expired: ask GET /api/v1/hub-token for a new one.',
  'unknown-role': 'The role of this account does not exist. An administrator has been told.',
  'too-many': 'Too many failed sign-ins from this address: wait one minute.',
  unavailable: 'Sign-ins cannot be checked at the moment, because NATS does not answer. Trying again will do.',
};
