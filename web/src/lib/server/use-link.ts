import type { KeptPerson } from '@deskwire/contracts/person';
import { hashPassword } from '@deskwire/people/password';
import type { NewPerson, PeopleRefusal } from '@deskwire/people/people';
import type { PersonLinks } from '@deskwire/people/person-links';
import { isNatsAway } from './nats-link';
import type { Sessions } from './sessions';

/** `set`: the password is, and no session could be begun. `unknown`: NATS did not answer whether it is. */
export type LinkUse =
  | { state: 'signed-in'; person: KeptPerson; sessionId: string }
  | { state: 'set'; person: KeptPerson }
  | { state: 'refused'; reason: PeopleRefusal }
  | { state: 'unknown' };

export interface UseLink {
  secret: string;
  password: string;
  /** Who the first administrator says to be. */
  first: Pick<NewPerson, 'name' | 'email'> | undefined;
  device: string;
  /** The session that this browser showed, whoever's it is. */
  earlier: string | undefined;
}

/**
 * Sets a password with a link and signs in, in place of whoever was signed in there. What fails after the password was set does not
 * unsay it.
 */
export function createUseLink({
  links,
  sessions,
  warn,
}: {
  links: Pick<PersonLinks, 'use'>;
  sessions: Pick<Sessions, 'endAllOf' | 'startForPerson' | 'end'>;
  warn: (error: unknown, what: string) => void;
}) {
  return async ({ secret, password, first, device, earlier }: UseLink): Promise<LinkUse> => {
    const password_hash = await hashPassword(password);
    const used = await unlessAway(() => links.use(secret, password_hash, first), 'a password may not have been set');
    if (used === undefined) return { state: 'unknown' };
    if (!used.ok) return { state: 'refused', reason: used.reason };
    const { person } = used;
    await unlessAway(() => sessions.endAllOf(person.id), 'sessions that are over were not cleared away');
    const sessionId = await unlessAway(() => sessions.startForPerson(person, device), 'no session was begun');
    if (sessionId === undefined) return { state: 'set', person };
    if (earlier !== undefined) await unlessAway(() => sessions.end(earlier), 'the session before was not ended');
    return { state: 'signed-in', person, sessionId };
  };

  async function unlessAway<Answer>(work: () => Promise<Answer>, what: string): Promise<Answer | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isNatsAway(error)) throw error;
      warn(error, what);
      return undefined;
    }
  }
}
