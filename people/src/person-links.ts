import { accessTokenKey } from '@deskwire/contracts/access-token';
import { checkAccessToken } from '@deskwire/contracts/check-access-token';
import { linkHours, personLink, personLinkKey, type PersonLink } from '@deskwire/contracts/person-link';
import { may } from '@deskwire/contracts/roles';
import { sha256Hex } from '@deskwire/contracts/secret';
import type { KeptPerson } from '@deskwire/contracts/person';
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

  /** Undefined when it is unknown, over or used, or does not say who made it. */
  async function read(secret: string): Promise<PersonLink | undefined> {
    const { kv } = await open();
    const entry = await kv.get(personLinkKey(sha256Hex(secret)));
    if (entry?.operation !== 'PUT') return undefined;
    const link = personLink.safeParse(entry.json()).data;
    return link !== undefined && Date.parse(link.expires_at) > now() ? link : undefined;
  }

  async function forget(secret: string): Promise<void> {
    try {
      const { kv } = await open();
      await kv.delete(personLinkKey(sha256Hex(secret)));
    } catch {
      // It opens nothing any more, and the password that it set is set.
    }
  }

  /** A link is worth no more than whoever made it: a person or an access token. */
  async function couldMakeIt(by: string): Promise<boolean> {
    const kept = await people.get(by);
    if (kept !== undefined) return canAdminister(kept);
    const { kv } = await open();
    const entry = await kv.get(accessTokenKey(by));
    const checked = checkAccessToken(entry?.operation === 'PUT' ? entry.string() : undefined, undefined);
    return checked.ok && may(checked.token, 'people.manage');
  }

  const isGood = async (link: LinkOfPerson, kept: KeptPerson): Promise<boolean> =>
    kept.generation === link.generation && kept.disabled_at === undefined && (await couldMakeIt(link.by));

  return {
    /**
     * With which somebody sets the first, or another, password. Their earlier links stay good until one is used. `by`: the id of who makes
     * it, a person or an access token; it is good while they can manage people.
     */
    forPerson: ({ id, generation, password_hash }: KeptPerson, by: string): Promise<MadeLink> =>
      make({ purpose: password_hash === undefined ? 'invite' : 'reset', person_id: id, generation, by }),

    /** For whoever holds the machine, while nobody can administer: then one link is good, the one made last. */
    async forFirstAdministrator(): Promise<MadeLink | undefined> {
      if ((await people.list()).some(canAdminister)) return undefined;
      const bucket = await open();
      const { records } = await readRecords(bucket.kv, 'link.>');
      for (const [key, text] of records) {
        const link = personLink.safeParse(JSON.parse(text)).data;
        if (link?.purpose === 'first-administrator') await bucket.kv.delete(key);
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
      if (kept === undefined || !(await isGood(link, kept))) return undefined;
      return { purpose: link.purpose, email: kept.email, name: kept.name };
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
          : await people.change(link.person_id, async (one) =>
              (await isGood(link, one)) ? { ...one, password_hash, generation: one.generation + 1 } : undefined,
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

type LinkOfPerson = Exclude<PersonLink, { purpose: 'first-administrator' }>;
type LinkWithoutTimes =
  | { purpose: 'first-administrator' }
  | { purpose: 'invite' | 'reset'; person_id: string; generation: number; by: string };
