import {
  emailKey,
  emailRecord,
  keptPerson,
  person,
  personKey,
  type KeptPerson,
  type Person,
} from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { readRecords, writeUser, written, type UsersBucket } from './users-bucket.ts';

/** Why a change was refused: a sentence for each is in the page that asked. */
export type PeopleRefusal = 'unknown-person' | 'email-taken' | 'last-administrator' | 'changed-meanwhile';
export type PeopleAnswer = { ok: true; person: KeptPerson } | { ok: false; reason: PeopleRefusal };

export interface PeopleSource {
  /** Rejects when NATS does not answer; so does everything below. */
  open: () => Promise<UsersBucket>;
  /** 15 lower-case letters or digits. */
  randomId: () => string;
  /** Unix time, ms. */
  now: () => number;
}

export type People = ReturnType<typeof createPeople>;

const attemptsMax = 20;

/** The people of this desk, in bucket `users`. At every moment somebody is left who can administer it. */
export function createPeople({ open, randomId, now }: PeopleSource) {
  return {
    /** By name. A record that cannot be read is left out. */
    async list(): Promise<KeptPerson[]> {
      const { records } = await readRecords((await open()).kv, 'person.>');
      return parsed(records).sort((a, b) => a.name.localeCompare(b.name));
    },

    async get(id: string): Promise<KeptPerson | undefined> {
      return readPerson(await open(), id);
    },

    /** By their address in whatever form it was typed; undefined when nobody has it. */
    async find(email: string): Promise<KeptPerson | undefined> {
      const bucket = await open();
      const id = await ownerOf(bucket, email);
      return id === undefined ? undefined : readPerson(bucket, id);
    },

    /** Somebody new. `onlyFirst`: refused with `changed-meanwhile` when there is an administrator already. */
    async add(wanted: NewPerson, { onlyFirst = false } = {}): Promise<PeopleAnswer> {
      const bucket = await open();
      const created_at = new Date(now()).toISOString();
      const made = person.parse({ id: `p${randomId()}`, generation: 1, created_at, ...wanted });
      if (!(await takeEmail(bucket, made.email, made.id))) return { ok: false, reason: 'email-taken' };
      for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
        const { records, lastSeq } = await readRecords(bucket.kv, 'person.>');
        const everybody = parsed(records);
        if (onlyFirst && everybody.some(canAdminister)) return { ok: false, reason: 'changed-meanwhile' };
        const owner = everybody.find(({ email }) => email === made.email);
        if (owner !== undefined) {
          await keepEmail(bucket, owner);
          return { ok: false, reason: 'email-taken' };
        }
        if (await writeUser(bucket, personKey(made.id), made, lastSeq)) {
          await keepEmail(bucket, made);
          return { ok: true, person: made };
        }
      }
      throw new Error('bucket users changes too fast to write a person');
    },

    /**
     * Changes one person, whose role may stay one that does not exist. `to` sees them as they are and answers how they shall be, or
     * undefined when that is no longer what was meant; it may be asked again. What it reads in the bucket holds at the write.
     */
    async change(id: string, to: ChangePerson): Promise<PeopleAnswer> {
      const bucket = await open();
      for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
        const { records, lastSeq } = await readRecords(bucket.kv, 'person.>');
        const everybody = parsed(records);
        const before = everybody.find((one) => one.id === id);
        if (before === undefined) return { ok: false, reason: 'unknown-person' };
        const wanted = await to(before);
        if (wanted === undefined) return { ok: false, reason: 'changed-meanwhile' };
        const after = (wanted.role === before.role ? keptPerson : person).parse(wanted);
        const othersCan = everybody.some((one) => one.id !== id && canAdminister(one));
        if (canAdminister(before) && !canAdminister(after) && !othersCan) {
          return { ok: false, reason: 'last-administrator' };
        }
        if (await writeUser(bucket, personKey(id), after, lastSeq)) {
          await keepEmail(bucket, after);
          return { ok: true, person: after };
        }
      }
      throw new Error('bucket users changes too fast to write a person');
    },

    /** Removes the people of the demo and frees their addresses; answers their ids. */
    async removeDemo(): Promise<string[]> {
      const bucket = await open();
      const { records } = await readRecords(bucket.kv, 'person.>');
      const gone = parsed(records).filter(({ demo }) => demo === true);
      for (const { id, email } of gone) {
        await bucket.kv.delete(personKey(id));
        await bucket.kv.delete(emailKey(sha256Hex(email)));
      }
      return gone.map(({ id }) => id);
    },
  };
}

type ChangePerson = (person: KeptPerson) => KeptPerson | undefined | Promise<KeptPerson | undefined>;
export type NewPerson = Pick<Person, 'email' | 'name' | 'role' | 'teams' | 'password_hash' | 'demo'>;

/** An administrator who can sign in: one who was only invited, or is disabled, cannot. */
export function canAdminister(one: KeptPerson): boolean {
  return one.role === 'admin' && one.disabled_at === undefined && one.password_hash !== undefined;
}

function parsed(records: Map<string, string>): KeptPerson[] {
  return [...records.values()].flatMap((text) => {
    const kept = keptPerson.safeParse(JSON.parse(text));
    return kept.success ? [kept.data] : [];
  });
}

async function readPerson({ kv }: UsersBucket, id: string): Promise<KeptPerson | undefined> {
  const entry = await kv.get(personKey(id));
  const kept = keptPerson.safeParse(entry?.operation === 'PUT' ? entry.json() : undefined);
  return kept.success ? kept.data : undefined;
}

async function ownerOf({ kv }: UsersBucket, email: string): Promise<string | undefined> {
  const entry = await kv.get(emailKey(sha256Hex(email)));
  return entry?.operation === 'PUT' ? emailRecord.parse(entry.json()).person_id : undefined;
}

/** False when somebody has the address. One whose person was never written, because a process died in between, is free. */
async function takeEmail(bucket: UsersBucket, email: string, id: string): Promise<boolean> {
  const key = emailKey(sha256Hex(email));
  const entry = await bucket.kv.get(key);
  if (entry?.operation === 'PUT') {
    const owner = await readPerson(bucket, emailRecord.parse(entry.json()).person_id);
    if (owner !== undefined) return false;
  }
  return written(bucket.kv.put(key, JSON.stringify({ person_id: id }), { previousSeq: entry?.revision ?? 0 }));
}

/** The address of somebody who was written leads to them: of two who took it at once, or where a process died in between. */
async function keepEmail(bucket: UsersBucket, { email, id }: KeptPerson): Promise<void> {
  if ((await ownerOf(bucket, email)) === id) return;
  await bucket.kv.put(emailKey(sha256Hex(email)), JSON.stringify({ person_id: id }));
}
