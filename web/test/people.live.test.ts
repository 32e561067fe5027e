import { accessTokenKey } from '@deskwire/contracts/access-token';
import type { KeptPerson, Person } from '@deskwire/contracts/person';
import { personKey } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { streams } from '@deskwire/contracts/subjects';
import { hashPassword } from '@deskwire/people/password';
import { createPeople, type People } from '@deskwire/people/people';
import { createPersonLinks, type PersonLinks } from '@deskwire/people/person-links';
import { randomPersonId } from '@deskwire/people/random-person-id';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { KV, NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildWeb, newToken, startWeb } from './start-web';

const password = 'four quiet herons';
let nats: TestNats;
let operator: NatsConnection;
let users: KV;
let people: People;
let links: PersonLinks;
let password_hash: string;
let web: Awaited<ReturnType<typeof startWeb>>;

beforeAll(async () => {
  [nats, password_hash] = await Promise.all([startNats(), hashPassword(password), buildWeb()]);
  operator = await connectNats(nats.env('operator'), 'operator');
  users = await operator.jetstream().views.kv('users');
  const open = () => Promise.resolve({ kv: users, js: operator.jetstream() });
  people = createPeople({ open, randomId: randomPersonId, now: Date.now });
  const randomSecret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  links = createPersonLinks({ open, people, randomSecret, now: Date.now });
  web = await startWeb(nats.env('web'));
}, 300_000);
afterAll(async () => {
  await web.stop();
  await operator.close();
  await nats.stop();
});

async function add(name: string, role: Person['role'] = 'analyst'): Promise<KeptPerson> {
  const email = `${name.toLowerCase()}@example.com`;
  const answer = await people.add({ name, email, role, teams: ['billing'], password_hash });
  if (!answer.ok) throw new Error(answer.reason);
  return answer.person;
}
async function post(path: string, fields: Record<string, string>, cookie = '') {
  const response = await fetch(`${web.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: web.url, accept: 'text/html', cookie },
    redirect: 'manual',
  });
  const text = await response.text();
  const alert = /role="alert".*?<\/p>/s.exec(text)?.[0].slice('role="alert"'.length);
  const message = alert
    ?.replace(/^[^>]*>/, '')
    .replace(/<!--.*?-->|<[^>]*>/gs, '')
    .trim();
  const set = response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { status: response.status, location: response.headers.get('location'), message, cookie: set };
}
const signIn = (email: string, given = password) => post('/sign-in?/in', { email, password: given });
/** What the form says of how somebody was when it was shown. */
const seenOf = (one: Pick<KeptPerson, 'name' | 'role' | 'teams'> | undefined) =>
  sha256Hex(JSON.stringify([one?.name, one?.role, one?.teams]));
const statusOf = async (cookie: string) =>
  (await fetch(`${web.url}/api/v1/hub-token`, { headers: { cookie }, redirect: 'manual' })).status;

describe('signing in with e-mail and password', () => {
  it('lands where the role works, whatever form the address was typed in', async () => {
    await add('Ana');
    await add('Agnes', 'agent');
    expect(await signIn(' ANA@Example.com ')).toMatchObject({ status: 303, location: '/' });
    const agent = await signIn('agnes@example.com');
    expect(agent).toMatchObject({ status: 303, location: '/account' });
    const page = await fetch(`${web.url}/account`, { headers: { cookie: agent.cookie } });
    expect(await page.text()).toContain('not part of this version');
  });

  it('answers the same for somebody unknown and for a wrong password', async () => {
    await add('Vera');
    const wrong = await signIn('vera@example.com', 'wrong password');
    const unknown = await signIn('nobody@example.com', 'wrong password');
    expect([wrong.status, wrong.message, wrong.cookie]).toEqual([401, 'E-mail address or password is wrong.', '']);
    expect(unknown).toEqual(wrong);
  });

  it('begins a new session each time and ends the earlier one', async () => {
    await add('Rosa');
    const first = await signIn('rosa@example.com');
    const second = await post('/sign-in?/in', { email: 'rosa@example.com', password }, first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    expect([await statusOf(first.cookie), await statusOf(second.cookie)]).toEqual([401, 200]);
  });

  it('refuses an account that is disabled, also a session that it has, and says so only to who knows the password', async () => {
    const dora = await add('Dora');
    const { cookie } = await signIn('dora@example.com');
    expect(await statusOf(cookie)).toBe(200);
    await people.change(dora.id, (one) => ({ ...one, disabled_at: new Date().toISOString() }));
    expect(await statusOf(cookie)).toBe(401);
    expect(await signIn('dora@example.com')).toMatchObject({
      status: 403,
      message: expect.stringContaining('disabled'),
    });
    expect((await signIn('dora@example.com', 'wrong password')).status).toBe(401);
  });

  it('refuses a role that does not exist with a sentence and an alert', async () => {
    const eve = await add('Eve');
    await users.put(personKey(eve.id), JSON.stringify({ ...eve, role: 'emperor' }));
    const refused = await signIn('eve@example.com');
    expect([refused.status, refused.cookie]).toEqual([403, '']);
    expect(refused.message).toContain('role of this account does not exist');
    const jsm = await operator.jetstreamManager();
    await expect
      .poll(async () =>
        (await jsm.streams.getMessage(streams.alerts, { last_by_subj: 'alerts.warning.access' })).string(),
      )
      .toContain(eve.id);

    const { id, token } = await newToken(nats, 'analyst');
    const record = z.record(z.string(), z.unknown()).parse((await users.get(accessTokenKey(id)))?.json());
    await users.put(accessTokenKey(id), JSON.stringify({ ...record, role: 'emperor' }));
    const program = await fetch(`${web.url}/api/v1/flow`, { headers: { authorization: `Bearer ${token}` } });
    expect(program.status).toBe(401);
    await expect
      .poll(async () =>
        (await jsm.streams.getMessage(streams.alerts, { last_by_subj: 'alerts.warning.access' })).string(),
      )
      .toContain(id);
  });

  it('counts wrong passwords per account, for unknown ones too, and right ones not at all', async () => {
    await add('Lena');
    for (let count = 0; count < 12; count += 1) expect((await signIn('lena@example.com')).status).toBe(303);
    for (const email of ['lena@example.com', 'unknown@example.com']) {
      const wrong = await Promise.all(Array.from({ length: 14 }, () => signIn(email, 'wrong password')));
      expect(wrong.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
      expect(await signIn(email)).toMatchObject({ status: 429, message: expect.stringContaining('Wait five minutes') });
    }
    expect((await signIn('ana@example.com')).status).toBe(303);
  });
});

describe('a link to set a password', () => {
  it('makes no first administrator with the address of somebody, says so, and stays good', async () => {
    const code = (await links.forFirstAdministrator())?.secret ?? '';
    const typed = { code, name: 'Chief', password, again: password };
    const taken = await post('/welcome?/set', { ...typed, email: 'ana@example.com' });
    expect([taken.status, taken.message]).toEqual([409, expect.stringContaining('has this e-mail address already')]);
    const made = await post('/welcome?/set', { ...typed, email: 'chief@example.com' });
    expect([made.status, made.location, await statusOf(made.cookie)]).toEqual([303, '/', 200]);
    // Nobody can administer, as before.
    await users.delete(personKey((await people.find('chief@example.com'))?.id ?? ''));
  });

  it('signs out who is signed in where it is opened, and nowhere else', async () => {
    const boss = await add('Opal', 'admin');
    const invited = await add('Wanda');
    await add('Zoe');
    const [here, elsewhere] = [await signIn('zoe@example.com'), await signIn('zoe@example.com')];
    const { secret } = await links.forPerson(invited, boss.id);
    const used = await post('/welcome?/set', { code: secret, password, again: password }, here.cookie);
    expect([used.status, await statusOf(used.cookie)]).toEqual([303, 200]);
    expect([await statusOf(here.cookie), await statusOf(elsewhere.cookie)]).toEqual([401, 200]);
    await users.delete(personKey(boss.id));
  });
});

describe('managing people', () => {
  it('is for administrators only', async () => {
    await add('Nina');
    const { cookie } = await signIn('nina@example.com');
    const page = await fetch(`${web.url}/people`, { headers: { cookie, accept: 'text/html' } });
    expect(page.status).toBe(403);
    const fields = { name: 'X', email: 'x@example.com', role: 'admin', teams: '' };
    expect((await post('/people?/invite', fields, cookie)).status).toBe(403);
    expect(await people.find('x@example.com')).toBeUndefined();
  });

  it('never loses the last administrator, and never overwrites what somebody else changed', async () => {
    const boss = await add('Boss', 'admin');
    const { cookie } = await signIn('boss@example.com');
    const path = `/people/${boss.id}`;
    expect((await post(`${path}?/disable`, {}, cookie)).message).toContain('last administrator');
    const nina = await people.find('nina@example.com');
    const seen = seenOf(nina);
    const change = (role: string) =>
      post(`/people/${nina?.id}?/change`, { name: 'Nina', role, teams: 'Billing, Customer care', seen }, cookie);
    expect((await change('lead')).status).toBe(200);
    expect(await people.find('nina@example.com')).toMatchObject({ role: 'lead', teams: ['billing', 'customer-care'] });
    expect((await change('agent')).message).toContain('while you looked');
  });

  it('takes a hundred teams, changes them again, and never reads too many as none', async () => {
    const { cookie } = await signIn('boss@example.com');
    const lead = await add('Tessa', 'lead');
    const path = `/people/${lead.id}?/change`;
    const named = (count: number) => Array.from({ length: count }, (_, n) => `Regional support team ${n}`).join(', ');
    const change = async (teams: string) =>
      post(path, { name: 'Tessa', role: 'lead', teams, seen: seenOf(await people.get(lead.id)) }, cookie);
    const teamsNow = async () => (await people.get(lead.id))?.teams.length;
    expect([(await change(named(100))).status, await teamsNow()]).toEqual([200, 100]);
    const tooMany = await change(named(101));
    expect([tooMany.status, tooMany.message, await teamsNow()]).toEqual([
      400,
      expect.stringContaining('at most 100 teams'),
      100,
    ]);
    expect([(await change('billing')).status, await teamsNow()]).toEqual([200, 1]);
  });

  it('disables, signs out and invites anew somebody whose role does not exist', async () => {
    const { cookie } = await signIn('boss@example.com');
    const lost = await add('Lost');
    await users.put(personKey(lost.id), JSON.stringify({ ...lost, role: 'emperor' }));
    for (const action of ['sign-out', 'link', 'disable'])
      expect((await post(`/people/${lost.id}?/${action}`, {}, cookie)).status).toBe(200);
    expect(await people.get(lost.id)).toMatchObject({ role: 'emperor', disabled_at: expect.any(String) });
  });

  it('asks whose session has ended to sign in, whatever they send, and then leads them back', async () => {
    const gone = await add('Gone', 'admin');
    const { cookie } = await signIn('gone@example.com');
    await people.change(gone.id, (one) => ({ ...one, generation: one.generation + 1 }));
    for (const [place, action] of [
      ['/people', 'invite'],
      [`/people/${gone.id}`, 'change'],
      [`/people/${gone.id}`, 'end'],
      ['/account', 'password'],
      ['/account', 'elsewhere'],
      ['/account', 'end'],
      ['/flow/rejected/one', 'mend'],
      ['/flow/rejected/one', 'dismiss'],
    ])
      expect(await post(`${place}?/${action}`, {}, cookie)).toMatchObject({
        status: 303,
        location: `/sign-in?${new URLSearchParams({ to: place ?? '' }).toString()}`,
      });
  });
});
