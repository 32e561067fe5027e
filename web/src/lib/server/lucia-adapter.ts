import { endOfSession, accountOf, session, sessionKey, type Account, type Session } from '@deskwire/contracts/session';
import { sha256Hex } from '@deskwire/contracts/secret';
import { readRecords, written } from '@deskwire/people/users-bucket';
import type { Adapter, DatabaseSession } from 'lucia';
import type { KV } from 'nats';

/** What Lucia hands through for us: the record of whom a session belongs to, and what the session was started with. */
declare module 'lucia' {
  interface Register {
    DatabaseUserAttributes: { record: string };
    DatabaseSessionAttributes: SessionAttributes;
  }
}

/** `createdAt`: ISO 8601; what `endOfSession` counts from. */
export interface SessionAttributes {
  generation: number | undefined;
  device: string;
  createdAt: string;
}

/** The key of a record in bucket `users` is Lucia's user id, so that tokens and people are told apart. */
export const userIdOf = ({ kind, id }: Account) => `${kind}.${id}`;
export const idOf = (userId: string) => userId.slice(userId.indexOf('.') + 1);

/**
 * Lucia's sessions in bucket `sessions`. Ids are kept only as their SHA-256, so those that Lucia passes in are hashed
 * here. A renewal is written only over the record that was read, so it never brings back a session that has ended
 * meanwhile, and never beyond the session's longest life.
 */
export function createLuciaAdapter({
  sessions,
  users,
  now,
}: {
  /** Both reject when NATS does not answer. */
  sessions: () => Promise<KV>;
  users: () => Promise<KV>;
  /** Unix time, ms. */
  now: () => number;
}): Adapter {
  const keyOf = (id: string) => sessionKey(sha256Hex(id));

  return {
    async getSessionAndUser(id) {
      const kept = await readSession(await sessions(), keyOf(id));
      if (kept === undefined || longestEnd(kept.record) <= now()) return [null, null];
      const found = describe(id, kept.record);
      const entry = await (await users()).get(found.userId);
      if (entry?.operation !== 'PUT') return [found, null];
      return [found, { id: found.userId, attributes: { record: entry.string() } }];
    },

    async getUserSessions(userId) {
      return (await sessionsOf(await sessions(), userId)).map(({ idSha256, record }) => describe(idSha256, record));
    },

    async setSession({ id, userId, expiresAt, attributes: { generation, device, createdAt } }) {
      const owner = idOf(userId);
      const times = { created_at: createdAt, expires_at: expiresAt.toISOString() };
      const record = session.parse(
        generation === undefined ? { token_id: owner, ...times } : { person_id: owner, generation, device, ...times },
      );
      const expires_at = soonest(expiresAt, record);
      await (await sessions()).create(keyOf(id), JSON.stringify({ ...record, expires_at }));
    },

    async updateSessionExpiration(id, expiresAt) {
      const kv = await sessions();
      const kept = await readSession(kv, keyOf(id));
      if (kept === undefined) return;
      const expires_at = soonest(expiresAt, kept.record);
      if (expires_at === kept.record.expires_at) return;
      // Somebody was faster: they renewed it, or ended it, which stands.
      await written(kv.put(keyOf(id), JSON.stringify({ ...kept.record, expires_at }), { previousSeq: kept.revision }));
    },

    async deleteSession(id) {
      await (await sessions()).delete(keyOf(id));
    },

    async deleteUserSessions(userId) {
      const kv = await sessions();
      for (const { idSha256 } of await sessionsOf(kv, userId)) await kv.delete(sessionKey(idSha256));
    },

    // The bucket forgets what was not renewed for as long as a session lasts.
    deleteExpiredSessions: () => Promise.resolve(),
  };
}

/** Everything that is signed in as one user. */
async function sessionsOf(kv: KV, userId: string): Promise<{ idSha256: string; record: Session }[]> {
  const { records } = await readRecords(kv, sessionKey('*'));
  return [...records]
    .map(([key, text]) => ({ idSha256: key.slice(sessionKey('').length), record: session.parse(JSON.parse(text)) }))
    .filter(({ record }) => userIdOf(accountOf(record)) === userId);
}

async function readSession(kv: KV, key: string): Promise<{ record: Session; revision: number } | undefined> {
  const entry = await kv.get(key);
  return entry?.operation === 'PUT' ? { record: session.parse(entry.json()), revision: entry.revision } : undefined;
}

function describe(id: string, record: Session): DatabaseSession {
  const [generation, device] = 'token_id' in record ? [undefined, ''] : [record.generation, record.device];
  return {
    ...{ id, userId: userIdOf(accountOf(record)), attributes: { generation, device, createdAt: record.created_at } },
    expiresAt: new Date(soonest(new Date(record.expires_at), record)),
  };
}

const soonest = (end: Date, record: Session) => new Date(Math.min(end.getTime(), longestEnd(record))).toISOString();

const longestEnd = (record: Session) => endOfSession(accountOf(record).kind, Date.parse(record.created_at));
