import { accessTokenKey, parseBearer, type AccessToken } from '@deskwire/contracts/access-token';
import { checkAccessToken, type TokenCheck, type TokenRefusal } from '@deskwire/contracts/check-access-token';
import { checkPerson, type PersonRefusal } from '@deskwire/contracts/check-person';
import type { Person } from '@deskwire/contracts/person';
import type { Account } from '@deskwire/contracts/session';
import type { OwnSession, Who } from '../../app';
import type { NatsLink } from './nats-link';
import type { Sessions } from './sessions';

/** Who a request comes from, by its bearer token or its session cookie; rejects with NatsAway. */
export interface Identify {
  byBearer: (token: string) => Promise<TokenCheck>;
  bySession: (sessionId: string) => Promise<Who>;
}

/** `onUnknownRole`: only a mistake or an intruder gives somebody who is signed in a role that does not exist. */
export function createIdentify(
  link: Pick<NatsLink, 'bucket' | 'ask'>,
  sessions: Pick<Sessions, 'read'>,
  onUnknownRole: (account: Account) => void,
): Identify {
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
    bySession: async (id) => {
      const known = await sessions.read(id);
      if (known === undefined) return { state: 'nobody' };
      const { account, generation, createdAt, record } = known;
      const session = { id, generation, createdAt };
      if (account.kind === 'token') {
        const checked = checkAccessToken(record, undefined);
        return checked.ok ? signedInByToken(checked.token, session) : refused(account, checked.reason);
      }
      const checked = checkPerson(record, generation);
      return checked.ok ? signedInPerson(checked.person, session) : refused(account, checked.reason);
    },
  };

  function refused(account: Account, reason: TokenRefusal | PersonRefusal): Who {
    if (reason === 'unknown-role') onUnknownRole(account);
    return { state: 'nobody' };
  }
}

export function signedInByToken({ id, role, teams, name }: AccessToken, session: OwnSession | undefined): Who {
  return { state: 'signed-in', actor: { user_id: id, role, teams }, name, email: undefined, session };
}

function signedInPerson({ id, role, teams, name, email }: Person, session: OwnSession): Who {
  return { state: 'signed-in', actor: { user_id: id, role, teams }, name, email, session };
}
