import { accessTokenKey, parseBearer, type AccessToken } from '@deskwire/contracts/access-token';
import { checkAccessToken, type TokenCheck } from '@deskwire/contracts/check-access-token';
import { checkPerson } from '@deskwire/contracts/check-person';
import type { Person } from '@deskwire/contracts/person';
import type { Who } from '../../app';
import type { NatsLink } from './nats-link';
import type { Sessions } from './sessions';

/** Who a request comes from, by its bearer token or its session cookie; rejects with NatsAway. */
export interface Identify {
  byBearer: (token: string) => Promise<TokenCheck>;
  bySession: (sessionId: string) => Promise<Who>;
}

export function createIdentify(link: Pick<NatsLink, 'bucket' | 'ask'>, sessions: Pick<Sessions, 'read'>): Identify {
  const read = (key: string) =>
    link.ask(async () => {
      const entry = await (await link.bucket('users')).get(key);
      return entry?.operation === 'PUT' ? entry.string() : undefined;
    });

  return {
    byBearer: async (token) => {
      const parsed = parseBearer(token);
      if (parsed === undefined) return { ok: false, reason: 'unknown-token' };
      return checkAccessToken(await read(accessTokenKey(parsed.id)), parsed.secret);
    },
    bySession: async (sessionId) => {
      const known = await sessions.read(sessionId);
      if (known === undefined) return { state: 'nobody' };
      if (known.kind === 'token') {
        const checked = checkAccessToken(known.record, undefined);
        return checked.ok ? signedInByToken(checked.token, sessionId) : { state: 'nobody' };
      }
      const checked = checkPerson(known.record, known.generation);
      return checked.ok ? signedInPerson(checked.person, sessionId) : { state: 'nobody' };
    },
  };
}

export function signedInByToken({ id, role, teams, name }: AccessToken, sessionId: string | undefined): Who {
  return { state: 'signed-in', actor: { user_id: id, role, teams }, name, email: undefined, sessionId };
}

function signedInPerson({ id, role, teams, name, email }: Person, sessionId: string): Who {
  return { state: 'signed-in', actor: { user_id: id, role, teams }, name, email, sessionId };
}
