import { accessTokenKey, parseBearer, type AccessToken } from '@deskwire/contracts/access-token';
import { checkAccessToken, type TokenCheck } from '@deskwire/contracts/check-access-token';
import { sha256Hex } from '@deskwire/contracts/secret';
import { session, sessionKey } from '@deskwire/contracts/session';
import type { Who } from '../../app';
import type { NatsLink } from './nats-link';

/** Who a request comes from, by its bearer token or its session cookie; rejects with NatsAway. */
export interface Identify {
  byBearer: (token: string) => Promise<TokenCheck>;
  bySession: (sessionId: string) => Promise<Who>;
}

export function createIdentify(link: Pick<NatsLink, 'bucket' | 'ask'>, now: () => number): Identify {
  const read = (bucket: 'users' | 'sessions', key: string) =>
    link.ask(async () => {
      const entry = await (await link.bucket(bucket)).get(key);
      return entry?.operation === 'PUT' ? entry.string() : undefined;
    });

  async function check(tokenId: string, secret: string | undefined): Promise<TokenCheck> {
    return checkAccessToken(await read('users', accessTokenKey(tokenId)), secret);
  }
  return {
    byBearer: async (token) => {
      const parsed = parseBearer(token);
      return parsed === undefined ? { ok: false, reason: 'unknown-token' } : check(parsed.id, parsed.secret);
    },
    bySession: async (sessionId) => {
      const record = await read('sessions', sessionKey(sha256Hex(sessionId)));
      if (record === undefined) return { state: 'nobody' };
      const { token_id, expires_at } = session.parse(JSON.parse(record));
      if (Date.parse(expires_at) <= now()) return { state: 'nobody' };
      const checked = await check(token_id, undefined);
      return checked.ok ? signedIn(checked.token, sessionId) : { state: 'nobody' };
    },
  };
}

export function signedIn({ id, role, teams, name }: AccessToken, sessionId: string | undefined): Who {
  return { state: 'signed-in', actor: { user_id: id, role, teams }, name, sessionId };
}
