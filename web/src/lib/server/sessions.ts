import { randomBytes } from 'node:crypto';
import { sha256Hex } from '@deskwire/contracts/secret';
import {
  hubPasses,
  hubPassesKey,
  hubPassesMax,
  hubPassSeconds,
  sessionHours,
  sessionKey,
  type Account,
} from '@deskwire/contracts/session';
import type { KeptPerson } from '@deskwire/contracts/person';
import { written } from '@deskwire/people/users-bucket';
import { Lucia, TimeSpan } from 'lucia';
import type { KV } from 'nats';
import { createLuciaAdapter, idOf, userIdOf, type SessionAttributes } from './lucia-adapter';
import type { NatsLink } from './nats-link';

/** A session as whoever owns it sees it. `id` is the SHA-256 of the real one: it opens nothing. */
export interface ListedSession {
  id: string;
  device: string;
  endsAt: string;
}

export type Sessions = ReturnType<typeof createSessions>;

/**
 * Sessions of signed-in browsers and the passes for the hub. What a browser holds is kept here only as its SHA-256.
 * Nobody else knows that Lucia does the work (decision 12). Everything rejects with NatsAway when NATS does not answer.
 */
export function createSessions(link: Pick<NatsLink, 'bucket' | 'ask'>, now: () => number) {
  const sessions = () => link.bucket('sessions');
  const adapter = createLuciaAdapter({ sessions, users: () => link.bucket('users'), now });
  const lucia = new Lucia(adapter, {
    sessionExpiresIn: new TimeSpan(sessionHours, 'h'),
    getSessionAttributes,
    getUserAttributes,
  });
  const nowIso = () => new Date(now()).toISOString();
  const within = <Answer>(work: (kv: KV) => Promise<Answer>) => link.ask(async () => work(await sessions()));

  return {
    /** A new session of an access token, with the id that goes into the cookie. */
    startForToken: (tokenId: string): Promise<string> =>
      start({ kind: 'token', id: tokenId }, { generation: undefined, device: '', createdAt: nowIso() }),

    /**
     * A new session of a person in the generation in which they were just recognised. `since`: that of the session whose place it takes,
     * when nobody has proven a password: it is over as soon as that one would have been.
     */
    startForPerson: ({ id, generation }: OfPerson, device: string, since = nowIso()): Promise<string> =>
      start({ kind: 'person', id }, { generation, device, createdAt: since }),

    /** Whose session this is, with that account's record in bucket `users`; undefined when it is over. Renews it. */
    async read(id: string): Promise<KnownSession | undefined> {
      const { session, user } = await link.ask(() => lucia.validateSession(id));
      if (session === null) return undefined;
      const { userId, generation, createdAt } = session;
      const account = { kind: generation === undefined ? ('token' as const) : ('person' as const), id: idOf(userId) };
      return { account, generation, createdAt, record: user.record };
    },

    /** Ends it everywhere; its sockets are cut by the hub. */
    end: (id: string): Promise<void> =>
      within(async (kv) => {
        await lucia.invalidateSession(id);
        await kv.delete(hubPassesKey(sha256Hex(id)));
      }),

    /** Those that a person is signed in with, newest first. */
    async list({ id, generation }: OfPerson): Promise<ListedSession[]> {
      const found = await link.ask(() => lucia.getUserSessions(userIdOf({ kind: 'person', id })));
      return found
        .filter((one) => one.generation === generation)
        .map((one) => ({ id: one.id, device: one.device, endsAt: one.expiresAt.toISOString() }))
        .sort((a, b) => b.endsAt.localeCompare(a.endsAt));
    },

    /** Ends one from such a list; one of somebody else stays. */
    endListed: (personId: string, listedId: string): Promise<void> =>
      within(async (kv) => {
        const theirs = await lucia.getUserSessions(userIdOf({ kind: 'person', id: personId }));
        if (theirs.some(({ id }) => id === listedId)) await kv.delete(sessionKey(listedId));
      }),

    /** Clears away what a new generation of the person has ended already. */
    endAllOf: (personId: string): Promise<void> =>
      link.ask(() => lucia.invalidateUserSessions(userIdOf({ kind: 'person', id: personId }))),

    /** A pass with which a page of this session can open a socket. */
    async hubPass(id: string): Promise<{ token: string; expires_at: string }> {
      const name = sha256Hex(id);
      const made = randomBytes(32).toString('base64url');
      const expires_at = new Date(now() + hubPassSeconds * 1_000).toISOString();
      await within((kv) => addPass(kv, hubPassesKey(name), { secret_sha256: sha256Hex(made), expires_at }));
      return { token: `hp_${name}_${made}`, expires_at };
    },
  };

  async function start(account: Account, of: SessionAttributes): Promise<string> {
    return (await link.ask(() => lucia.createSession(userIdOf(account), of))).id;
  }

  /** Two tabs may ask at once: compare-and-set, so that neither takes the other's pass away. */
  async function addPass(kv: KV, key: string, pass: { secret_sha256: string; expires_at: string }): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const entry = await kv.get(key);
      const kept = entry?.operation === 'PUT' ? hubPasses.parse(entry.json()) : [];
      const valid = kept.filter((other) => Date.parse(other.expires_at) > now());
      const text = JSON.stringify([...valid, pass].slice(-hubPassesMax));
      if (await written(kv.put(key, text, { previousSeq: entry?.revision ?? 0 }))) return;
    }
    throw new Error('too many pages of one session ask for a pass at once');
  }
}

type OfPerson = Pick<KeptPerson, 'id' | 'generation'>;

export interface KnownSession {
  account: Account;
  /** That of a person when they signed in. */
  generation: number | undefined;
  /** ISO 8601. */
  createdAt: string;
  /** JSON text. */
  record: string;
}

const getSessionAttributes = (of: SessionAttributes) => of;
const getUserAttributes = (of: { record: string }) => of;

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<ReturnType<typeof getSessionAttributes>, ReturnType<typeof getUserAttributes>>;
  }
}
