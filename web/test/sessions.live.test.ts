import { personKey, type Person } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { endOfSession, session, sessionHours, sessionKey } from '@deskwire/contracts/session';
import { createPeople, type People } from '@deskwire/people/people';
import { randomPersonId } from '@deskwire/people/random-person-id';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { KV, NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { beginAgain } from '../src/lib/server/begin-again';
import { createIdentify } from '../src/lib/server/identify';
import { createNatsLink, type NatsLink } from '../src/lib/server/nats-link';
import { createSessions, type Sessions } from '../src/lib/server/sessions';

const hourMs = 3_600_000;
const password_hash = '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA';
const ana: Person = {
  ...{ id: 'p0123456789abcde', email: 'ana@example.com', name: 'Ana Ruiz', role: 'analyst', teams: [] },
  ...{ generation: 3, created_at: new Date().toISOString() },
};

let nats: TestNats;
let nc: NatsConnection;
let kv: KV;
let link: NatsLink;
let sessions: Sessions;
let people: People;
let generation = 100;

beforeAll(async () => {
  nats = await startNats();
  nc = await connectNats(nats.env('web'), 'web');
  kv = await nc.jetstream().views.kv('sessions');
  await keep(ana);
  link = createNatsLink(
    () => connectNats(nats.env('web'), 'web'),
    () => undefined,
  );
  await vi.waitFor(() => link.bucket('users'), { timeout: 10_000, interval: 50 });
  sessions = createSessions(link, Date.now);
  const users = await nc.jetstream().views.kv('users');
  const open = () => Promise.resolve({ kv: users, js: nc.jetstream() });
  people = createPeople({ open, randomId: randomPersonId, now: Date.now });
});
afterAll(async () => {
  await link.close();
  await nc.close();
  await nats.stop();
});

/** Somebody with a password, in a generation that nobody was in before. */
async function keptAs(person: Person): Promise<Person> {
  generation += 1;
  const kept = { ...person, generation, password_hash };
  await keep(kept);
  return kept;
}
async function keep(person: Person): Promise<void> {
  const users = await nc.jetstream().views.kv('users');
  await users.put(personKey(person.id), JSON.stringify(person));
}
/** Moves a session's times, as if it were so old and had been renewed then. */
async function age(id: string, { createdAgoMs, endsInMs }: { createdAgoMs: number; endsInMs: number }): Promise<void> {
  const key = sessionKey(sha256Hex(id));
  const kept = session.parse((await kv.get(key))?.json());
  const created_at = new Date(Date.now() - createdAgoMs).toISOString();
  const expires_at = new Date(Date.now() + endsInMs).toISOString();
  await kv.put(key, JSON.stringify({ ...kept, created_at, expires_at }));
}
const endOf = async (id: string) =>
  Date.parse(session.parse((await kv.get(sessionKey(sha256Hex(id))))?.json()).expires_at);

describe('a session', () => {
  it('is kept under the hash of its id, which is nowhere else', async () => {
    const id = await sessions.startForPerson(ana, 'Firefox on Linux');
    const entry = await kv.get(sessionKey(sha256Hex(id)));
    expect(session.parse(entry?.json())).toMatchObject({
      person_id: ana.id,
      generation: 3,
      device: 'Firefox on Linux',
    });
    expect(`${entry?.key}${entry?.string()}`).not.toContain(id);
    expect(await sessions.read(id)).toMatchObject({ account: { kind: 'person', id: ana.id }, generation: 3 });
    expect(await sessions.read(sha256Hex(id))).toBeUndefined();
  });

  it('is renewed when half of its time is gone, and not before', async () => {
    const id = await sessions.startForPerson(ana, '');
    const first = await endOf(id);
    await sessions.read(id);
    expect(await endOf(id)).toBe(first);
    await age(id, { createdAgoMs: 7 * hourMs, endsInMs: 5 * hourMs });
    await sessions.read(id);
    expect((await endOf(id)) - Date.now()).toBeGreaterThan((sessionHours - 0.1) * hourMs);
  });

  it('is never renewed beyond its longest life, and is over then', async () => {
    const id = await sessions.startForPerson(ana, '');
    const longest = endOfSession('person', 0);
    await age(id, { createdAgoMs: longest - hourMs, endsInMs: 30 * 60_000 });
    await sessions.read(id);
    expect(Math.abs((await endOf(id)) - (Date.now() + hourMs))).toBeLessThan(60_000);
    await age(id, { createdAgoMs: longest, endsInMs: 5 * hourMs });
    expect(await sessions.read(id)).toBeUndefined();
  });

  it('stays ended when it is renewed at the same moment, 30 times', async () => {
    for (let round = 0; round < 30; round += 1) {
      const id = await sessions.startForPerson(ana, '');
      await age(id, { createdAgoMs: 7 * hourMs, endsInMs: 5 * hourMs });
      await Promise.all([sessions.read(id), sessions.read(id), sessions.end(id), sessions.read(id)]);
      expect(await sessions.read(id)).toBeUndefined();
      expect((await kv.get(sessionKey(sha256Hex(id))))?.operation).not.toBe('PUT');
    }
  });

  it('is over with one write to its person: a new generation, disabled, or a role that does not exist', async () => {
    const told: unknown[] = [];
    const identify = createIdentify(link, sessions, (account) => told.push(account));
    const id = await sessions.startForPerson(ana, '');
    expect(await identify.bySession(id)).toMatchObject({ state: 'signed-in', actor: { role: 'analyst' } });
    for (const change of [{ generation: 4 }, { disabled_at: new Date().toISOString() }, { role: 'emperor' }]) {
      const users = await nc.jetstream().views.kv('users');
      await users.put(personKey(ana.id), JSON.stringify({ ...ana, ...change }));
      expect(await identify.bySession(id)).toEqual({ state: 'nobody' });
    }
    // Only a mistake or an intruder writes such a role: administrators are told.
    expect(told).toEqual([{ kind: 'person', id: ana.id }]);
    await keep({ ...ana, role: 'lead' });
    expect(await identify.bySession(id)).toMatchObject({ state: 'signed-in', actor: { role: 'lead' } });
    await keep(ana);
  });

  it("can be ended from its owner's list, and by nobody else's", async () => {
    await sessions.endAllOf(ana.id);
    const [one, other] = [await sessions.startForPerson(ana, 'One'), await sessions.startForPerson(ana, 'Other')];
    const listed = await sessions.list(ana);
    expect(listed.map(({ device }) => device).sort()).toEqual(['One', 'Other']);
    await sessions.endListed('p0000000000000000', sha256Hex(one));
    expect(await sessions.read(one)).toBeDefined();
    await sessions.endListed(ana.id, sha256Hex(one));
    expect(await sessions.read(one)).toBeUndefined();
    expect(await sessions.read(other)).toBeDefined();
  });

  it('that takes the place of all others without the password is over when it would have been', async () => {
    const me = await keptAs(ana);
    const id = await sessions.startForPerson(me, '');
    await age(id, { createdAgoMs: endOfSession('person', 0) - hourMs, endsInMs: 30 * 60_000 });
    const begin = async (before: string, password_hash?: string) => {
      const { createdAt = '', generation = 0 } = (await sessions.read(before)) ?? {};
      const asked = { me: { id: me.id, generation, createdAt }, password_hash, device: '' };
      const begun = await beginAgain({ people, sessions }, asked);
      return begun.ok ? begun.sessionId : begun.reason;
    };
    const second = await begin(id);
    expect(await sessions.read(id)).toBeUndefined();
    expect(Math.abs((await endOf(second)) - (Date.now() + hourMs))).toBeLessThan(60_000);
    const third = await begin(second);
    expect(Math.abs((await endOf(third)) - (Date.now() + hourMs))).toBeLessThan(60_000);
    const proven = await begin(third, password_hash);
    expect(await endOf(proven)).toBeGreaterThan(Date.now() + (sessionHours - 1) * hourMs);
  });

  it('that was ended a moment ago takes the place of none, 20 times at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const me = await keptAs(ana);
      const asked = {
        me: { id: me.id, generation: me.generation, createdAt: me.created_at },
        password_hash: undefined,
      };
      const begin = (device: string) => beginAgain({ people, sessions }, { ...asked, device });
      const answers = await Promise.all([begin('Owner'), begin('Thief')]);
      expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
      const now = await people.get(me.id);
      expect(now?.generation).toBe(me.generation + 1);
      expect(await sessions.list({ id: me.id, generation: me.generation + 1 })).toHaveLength(1);
    }
  });
});
