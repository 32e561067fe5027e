import { linkHours, personLink, personLinkKey, type PersonLink } from '@deskwire/contracts/person-link';
import { sha256Hex } from '@deskwire/contracts/secret';
import type { Person } from '@deskwire/contracts/person';
import { canAdminister, type NewPerson, type People, type PeopleAnswer } from './people.ts';
import { readRecords, type UsersBucket } from './users-bucket.ts';

/** What a link opens: the first administrator's form, or that of a person who is known. */
export type OpenedLink =
  { purpose: 'first-administrator' } | { purpose: 'invite' | 'reset'; email: string; name: string };

export interface MadeLink {
  /** Shown once; kept only as its SHA-256. */
  secret: string;
  expiresAt: string;
}

export type PersonLinks = ReturnType<typeof createPersonLinks>;

/** The links with which people set their password, in bucket `users`. */
export function createPersonLinks({
  open,
  people,
  randomSecret,
  now,
}: {
  open: () => Promise<UsersBucket>;
  people: People;
  /** 32 random bytes in base64url. */
  randomSecret: () => string;
  /** Unix time, ms. */
  now: () => number;
}) {
  async function make(link: LinkWithoutTimes): Promise<MadeLink> {
    const secret = randomSecret();
    const created_at = new Date(now()).toISOString();
    const expires_at = new Date(now() + linkHours[link.purpose] * 3_600_000).toISOString();
    const record = personLink.parse({ ...link, created_at, expires_at });
    const { kv } = await open();
    await kv.create(personLinkKey(sha256Hex(secret)), JSON.stringify(record));
    return { secret, expiresAt: expires_at };
  }

  /** Undefined when it is unknown, over or used. */
  async function read(secret: string): Promise<PersonLink | undefined> {
    const { kv } = await open();
    const entry = await kv.get(personLinkKey(sha256Hex(secret)));
    if (entry?.operation !== 'PUT') return undefined;
    const link = personLink.parse(entry.json());
    return Date.parse(link.expires_at) > now() ? link : undefined;
  }

  async function forget(secret: string): Promise<void> {
    const { kv } = await open();
    await kv.delete(personLinkKey(sha256Hex(secret)));
  }

  return {
    /** With which somebody sets the first, or another, password. Their earlier links stay good until one is used. */
    forPerson: ({ id, generation, password_hash }: Person): Promise<MadeLink> =>
      make({ purpose: password_hash === undefined ? 'invite' : 'reset', person_id: id, generation }),

    /** For whoever holds the machine, while nobody can administer: then one link is good, the one made last. */
    async forFirstAdministrator(): Promise<MadeLink | undefined> {
      if ((await people.list()).some(canAdminister)) return undefined;
      const bucket = await open();
      const { records } = await readRecords(bucket.kv, 'link.>');
      for (const [key, text] of records) {
        if (personLink.parse(JSON.parse(text)).purpose === 'first-administrator') await bucket.kv.delete(key);
      }
      return make({ purpose: 'first-administrator' });
    },

    /** What a link opens, without using it up. */
    async look(secret: string): Promise<OpenedLink | undefined> {
      const link = await read(secret);
      if (link === undefined) return undefined;
      if (link.purpose === 'first-administrator') {
        return (await people.list()).some(canAdminister) ? undefined : { purpose: link.purpose };
      }
      const kept = await people.get(link.person_id);
      const good = kept !== undefined && kept.generation === link.generation && kept.disabled_at === undefined;
      return good ? { purpose: link.purpose, email: kept.email, name: kept.name } : undefined;
    },

    /**
     * Uses a link up: sets the password and ends every session and link that the person had. `somebody` is who the first
     * administrator says to be. The write that sets it is what makes it single: of two at once, one is `changed-meanwhile`.
     */
    async use(
      secret: string,
      password_hash: string,
      somebody: Pick<NewPerson, 'name' | 'email'> | undefined,
    ): Promise<PeopleAnswer> {
      const link = await read(secret);
      if (link === undefined) return { ok: false, reason: 'changed-meanwhile' };
      const answer =
        link.purpose === 'first-administrator'
          ? await makeFirst(password_hash, somebody)
          : await people.change(link.person_id, (one) =>
              one.generation === link.generation && one.disabled_at === undefined
                ? { ...one, password_hash, generation: one.generation + 1 }
                : undefined,
            );
      if (answer.ok) await forget(secret);
      return answer;
    },
  };

  async function makeFirst(
    password_hash: string,
    somebody: Pick<NewPerson, 'name' | 'email'> | undefined,
  ): Promise<PeopleAnswer> {
    if (somebody === undefined) return { ok: false, reason: 'changed-meanwhile' };
    return people.add({ ...somebody, role: 'admin', teams: [], password_hash }, { onlyFirst: true });
  }
}

type LinkWithoutTimes =
  { purpose: 'first-administrator' } | { purpose: 'invite' | 'reset'; person_id: string; generation: number };
