import { randomBytes } from 'node:crypto';
import { accessTokenKey } from '@deskwire/contracts/access-token';
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

  it('are led to by their address again with their next change, and when somebody else asks for it', async () => {
    const ana = await added(admin('Ana'));
    const ghost = JSON.stringify({ person_id: `p${'x'.repeat(15)}` });
    const led = async () => (await people.find('ana@example.com'))?.id;
    await users.put(emailKey(sha256Hex(ana.email)), ghost);
    expect(await led()).toBeUndefined();
    expect(reasonOf(await people.change(ana.id, (one) => one))).toBe('ok');
    expect(await led()).toBe(ana.id);
    await users.put(emailKey(sha256Hex(ana.email)), ghost);
    expect(reasonOf(await people.add({ ...admin('Other'), email: ana.email }))).toBe('email-taken');
    expect(await led()).toBe(ana.id);
  });

  it('of a role that does not exist are disabled, and given no other such role', async () => {
    const ana = await added({ ...admin('Ana'), role: 'analyst' });
    await users.put(personKey(ana.id), JSON.stringify({ ...ana, role: 'emperor' }));
    const disabled_at = new Date(time).toISOString();
    expect(reasonOf(await people.change(ana.id, (one) => ({ ...one, disabled_at })))).toBe('ok');
    expect(await people.get(ana.id)).toMatchObject({ role: 'emperor', disabled_at });
    await expect(people.change(ana.id, (one) => ({ ...one, role: 'king' }))).rejects.toThrow();
    expect(reasonOf(await people.change(ana.id, (one) => ({ ...one, role: 'analyst' })))).toBe('ok');
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
    const by = (await added(admin('Boss'))).id;
    const [invite, again] = [await links.forPerson(invited, by), await links.forPerson(invited, by)];
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
    const by = (await added(admin('Other'))).id;
    const ana = await added(admin('Ana'));
    const link = await links.forPerson(ana, by);
    time += linkHours.reset * 3_600_000 - 1;
    expect(await links.look(link.secret)).toMatchObject({ purpose: 'reset' });
    time += 1;
    expect(await links.look(link.secret)).toBeUndefined();
    const other = await links.forPerson(ana, by);
    await people.change(ana.id, (one) => ({ ...one, disabled_at: new Date(time).toISOString() }));
    expect(await links.look(other.secret)).toBeUndefined();
    expect(reasonOf(await links.use(other.secret, password_hash, undefined))).toBe('changed-meanwhile');
  });

  it('is over when whoever made it can manage people no more', async () => {
    await added(admin('Chief'));
    const ana = await added({ ...admin('Ana'), password_hash: undefined });
    const invite = { purpose: 'invite', email: ana.email, name: 'Ana' };
    const use = async (secret: string) => reasonOf(await links.use(secret, password_hash, undefined));

    const boss = await added(admin('Boss'));
    const { secret } = await links.forPerson(ana, boss.id);
    const now = new Date(time).toISOString();
    for (const lost of [{ disabled_at: now }, { role: 'lead' }, { password_hash: undefined }]) {
      expect(await links.look(secret)).toEqual(invite);
      await people.change(boss.id, (one) => ({ ...one, ...lost }));
      expect([await links.look(secret), await use(secret)]).toEqual([undefined, 'changed-meanwhile']);
      await people.change(boss.id, (one) => ({ ...one, disabled_at: undefined, role: 'admin', password_hash }));
    }

    const token = { id: 'a'.repeat(12), secret_sha256: sha256Hex('x'), role: 'admin', name: 'Script', teams: [] };
    const keep = (role: string) =>
      users.put(accessTokenKey(token.id), JSON.stringify({ ...token, role, created_at: now }));
    await keep('admin');
    const byToken = await links.forPerson(ana, token.id);
    expect(await links.look(byToken.secret)).toEqual(invite);
    await keep('analyst');
    expect([await links.look(byToken.secret), await use(byToken.secret)]).toEqual([undefined, 'changed-meanwhile']);
    await users.delete(accessTokenKey(token.id));
    expect([await links.look(byToken.secret), await use(byToken.secret)]).toEqual([undefined, 'changed-meanwhile']);
    expect(await use(secret)).toBe('ok');
  });

  it('is never used after whoever made it was disabled at the same moment', async () => {
    await added(admin('Chief'));
    for (let round = 0; round < 10; round += 1) {
      const boss = await added(admin(`Boss${round}`));
      const ana = await added({ ...admin(`Ana${round}`), password_hash: undefined });
      const { secret } = await links.forPerson(ana, boss.id);
      const order: string[] = [];
      const disabled_at = new Date(time).toISOString();
      await Promise.all([
        people.change(boss.id, (one) => ({ ...one, disabled_at })).then(() => order.push('disabled')),
        links.use(secret, password_hash, undefined).then((answer) => order.push(reasonOf(answer))),
      ]);
      const written = async (id: string) => (await users.get(personKey(id)))?.revision ?? 0;
      const used = (await people.get(ana.id))?.password_hash !== undefined;
      expect(used && (await written(ana.id)) > (await written(boss.id))).toBe(false);
      expect(order.includes('ok')).toBe(used);
    }
  });

  it('that was made before links said by whom opens nothing, and is in nobody’s way', async () => {
    const ana = await added({ ...admin('Ana'), password_hash: undefined });
    const secret = 'x'.repeat(43);
    const times = { created_at: new Date(time).toISOString(), expires_at: new Date(time + 3_600_000).toISOString() };
    const old = { purpose: 'invite', person_id: ana.id, generation: 1, ...times };
    await users.put(personLinkKey(sha256Hex(secret)), JSON.stringify(old));
    expect(await links.look(secret)).toBeUndefined();
    expect(await links.forFirstAdministrator()).toBeDefined();
  });

  it('is kept only as its hash', async () => {
    const link = await links.forFirstAdministrator();
    const entry = await users.get(personLinkKey(sha256Hex(link?.secret ?? '')));
    expect(entry?.string()).toContain('first-administrator');
    const { records } = await readRecords(users, '>');
    expect(JSON.stringify([...records])).not.toContain(link?.secret);
  });
});
