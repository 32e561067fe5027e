import { randomBytes } from 'node:crypto';
import { linkHours, personLinkKey } from '@deskwire/contracts/person-link';
import { emailKey, personKey } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { KV, NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from './password.ts';
import { createPeople, type People } from './people.ts';
import { createPersonLinks, type PersonLinks } from './person-links.ts';
import { randomPersonId } from './random-person-id.ts';
import { readRecords } from './users-bucket.ts';

let nats: TestNats;
let nc: NatsConnection;
let users: KV;
let people: People;
let links: PersonLinks;
let time: number;
let password_hash: string;

beforeAll(async () => {
  [nats, password_hash] = await Promise.all([startNats(), hashPassword('four quiet herons')]);
  nc = await connectNats(nats.env('web'), 'web');
  users = await nc.jetstream().views.kv('users');
});
afterAll(async () => {
  await nc.close();
  await nats.stop();
});
beforeEach(async () => {
  for (const key of (await readRecords(users, '>')).records.keys()) await users.delete(key);
  time = Date.now();
  const open = () => Promise.resolve({ kv: users, js: nc.jetstream() });
  people = createPeople({ open, randomId: randomPersonId, now: () => time });
  const randomSecret = () => randomBytes(32).toString('base64url');
  links = createPersonLinks({ open, people, randomSecret, now: () => time });
});

const admin = (name: string) => ({
  ...{ name, email: `${name.toLowerCase()}@example.com`, teams: [], password_hash },
  role: 'admin' as const,
});
async function added(wanted: Parameters<People['add']>[0]) {
  const answer = await people.add(wanted);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.person;
}
const reasonOf = (answer: { ok: true } | { ok: false; reason: string }) => (answer.ok ? 'ok' : answer.reason);

describe('people', () => {
  it('are found by their address however it is typed, and an address belongs to one of them', async () => {
    const ana = await added({ ...admin('Ana'), email: ' Ana.Ruiz@Example.COM ' });
    expect(ana.email).toBe('ana.ruiz@example.com');
    expect((await people.find('ana.ruiz@example.com'))?.id).toBe(ana.id);
    expect(reasonOf(await people.add({ ...admin('Other'), email: 'ANA.RUIZ@example.com' }))).toBe('email-taken');
  });

  it('never share an address, also when many take it at once, and its owner is found by it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, one) => people.add({ ...admin(`P${one}`), email: 'same@example.com' })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    const [only, ...more] = await people.list();
    expect([(await people.find('same@example.com'))?.id, more]).toEqual([only?.id, []]);
  });

  it('take over an address whose person was never written', async () => {
    await users.create(emailKey(sha256Hex('ana@example.com')), JSON.stringify({ person_id: `p${'x'.repeat(15)}` }));
    expect((await people.find('ana@example.com'))?.id).toBeUndefined();
    const ana = await added(admin('Ana'));
    expect((await people.find('ana@example.com'))?.id).toBe(ana.id);
  });

  it('keep an administrator, also when two disable each other at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = await Promise.all([added(admin(`One${round}`)), added(admin(`Other${round}`))]);
      const disable = (id: string) =>
        people.change(id, (person) => ({ ...person, disabled_at: new Date(time).toISOString() }));
      const answers = (await Promise.all([disable(one.id), disable(other.id)])).map(reasonOf);
      expect(answers.sort()).toEqual(['last-administrator', 'ok']);
      for (const { id } of await people.list()) await users.delete(personKey(id));
    }
  });

  it('keep the last administrator in the role; one who was only invited does not count', async () => {
    const ana = await added(admin('Ana'));
    await added({ ...admin('Invited'), password_hash: undefined });
    const toAnalyst = () => people.change(ana.id, (person) => ({ ...person, role: 'analyst' }));
    expect(reasonOf(await toAnalyst())).toBe('last-administrator');
    await added(admin('Second'));
    expect(reasonOf(await toAnalyst())).toBe('ok');
  });

  it('are not changed when they are no longer what was looked at', async () => {
    const ana = await added(admin('Ana'));
    expect(reasonOf(await people.change(ana.id, () => undefined))).toBe('changed-meanwhile');
    expect(reasonOf(await people.change(`p${'y'.repeat(15)}`, (one) => one))).toBe('unknown-person');
  });

  it('of the demo leave with it, and their addresses are free again', async () => {
    await added(admin('Ana'));
    const demo = await added({ ...admin('Demo'), demo: true });
    expect(await people.removeDemo()).toEqual([demo.id]);
    expect((await people.list()).map(({ name }) => name)).toEqual(['Ana']);
    expect(reasonOf(await people.add(admin('Demo')))).toBe('ok');
  });
});

describe('a link', () => {
  it('makes the first administrator once, and only while there is none', async () => {
    const first = await links.forFirstAdministrator();
    const newest = await links.forFirstAdministrator();
    expect(await links.look(first?.secret ?? '')).toBeUndefined();
    expect(await links.look(newest?.secret ?? '')).toEqual({ purpose: 'first-administrator' });
    const who = (name: string) => ({ name, email: `${name.toLowerCase()}@example.com` });
    const answers = await Promise.all([
      links.use(newest?.secret ?? '', password_hash, who('Ana')),
      links.use(newest?.secret ?? '', password_hash, who('Eve')),
    ]);
    expect(answers.map(reasonOf).sort()).toEqual(['changed-meanwhile', 'ok']);
    expect(await people.list()).toMatchObject([{ role: 'admin' }]);
    expect(await links.forFirstAdministrator()).toBeUndefined();
  });

  it('sets a password once, and ends every other link and session of the person', async () => {
    const invited = await added({ ...admin('Ana'), password_hash: undefined });
    const [invite, again] = [await links.forPerson(invited), await links.forPerson(invited)];
    expect(await links.look(invite.secret)).toEqual({ purpose: 'invite', email: 'ana@example.com', name: 'Ana' });
    const answers = await Promise.all([
      links.use(invite.secret, password_hash, undefined),
      links.use(invite.secret, password_hash, undefined),
    ]);
    expect(answers.map(reasonOf).sort()).toEqual(['changed-meanwhile', 'ok']);
    expect((await people.get(invited.id))?.generation).toBe(2);
    expect(await links.look(again.secret)).toBeUndefined();
    expect(reasonOf(await links.use(again.secret, password_hash, undefined))).toBe('changed-meanwhile');
  });

  it('is over after its time, and when its person is disabled', async () => {
    await added(admin('Other'));
    const ana = await added(admin('Ana'));
    const link = await links.forPerson(ana);
    time += linkHours.reset * 3_600_000 - 1;
    expect(await links.look(link.secret)).toMatchObject({ purpose: 'reset' });
    time += 1;
    expect(await links.look(link.secret)).toBeUndefined();
    const other = await links.forPerson(ana);
    await people.change(ana.id, (one) => ({ ...one, disabled_at: new Date(time).toISOString() }));
    expect(await links.look(other.secret)).toBeUndefined();
    expect(reasonOf(await links.use(other.secret, password_hash, undefined))).toBe('changed-meanwhile');
  });

  it('is kept only as its hash', async () => {
    const link = await links.forFirstAdministrator();
    const entry = await users.get(personLinkKey(sha256Hex(link?.secret ?? '')));
    expect(entry?.string()).toContain('first-administrator');
    const { records } = await readRecords(users, '>');
    expect(JSON.stringify([...records])).not.toContain(link?.secret);
  });
});
