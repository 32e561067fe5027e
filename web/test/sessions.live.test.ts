import { personKey, type Person } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { endOfSession, session, sessionHours, sessionKey } from '@deskwire/contracts/session';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { KV, NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createIdentify } from '../src/lib/server/identify';
import { createNatsLink, type NatsLink } from '../src/lib/server/nats-link';
import { createSessions, type Sessions } from '../src/lib/server/sessions';

const hourMs = 3_600_000;
const ana: Person = {
  ...{ id: 'p0123456789abcde', email: 'ana@example.com', name: 'Ana Ruiz', role: 'analyst', teams: [] },
  ...{ generation: 3, created_at: new Date().toISOString() },
};

let nats: TestNats;
let nc: NatsConnection;
let kv: KV;
let link: NatsLink;
let sessions: Sessions;

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
});
afterAll(async () => {
  await link.close();
  await nc.close();
  await nats.stop();
});

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
    expect(await sessions.read(id)).toMatchObject({ kind: 'person', generation: 3 });
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
    const identify = createIdentify(link, sessions);
    const id = await sessions.startForPerson(ana, '');
    expect(await identify.bySession(id)).toMatchObject({ state: 'signed-in', actor: { role: 'analyst' } });
    for (const change of [{ generation: 4 }, { disabled_at: new Date().toISOString() }, { role: 'emperor' }]) {
      const users = await nc.jetstream().views.kv('users');
      await users.put(personKey(ana.id), JSON.stringify({ ...ana, ...change }));
      expect(await identify.bySession(id)).toEqual({ state: 'nobody' });
    }
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
});
