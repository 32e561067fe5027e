import { customerContact, customerProfile, profileKey, type CustomerProfile } from '@deskwire/contracts/customer';
import { connectNats } from '@deskwire/runtime/nats';
import { customerKey } from '@deskwire/vault/key-name';
import { openVault } from '@deskwire/vault/vault';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilApplied } from './src/desk-history.ts';
import { publishInOrder } from './src/desk-events.ts';
import { mark } from './src/marks.ts';
import type { Part } from './src/part.ts';
import { messagesWithMarks } from './src/read-doors.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let desk: Part;

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
  desk = world.addDesk('desk');
  await desk.start();
});
afterAll(() => world.close());

const hour = (n: number) => `2026-11-20T${String(n).padStart(2, '0')}:00:00Z`;
let events = 0;
const event = (type: string, customer_id: string, data: Record<string, unknown>, time = hour(1)) => ({
  ...{ specversion: '1.0', source: 'zendesk/acme', id: `e${events++}`, type, time },
  data: { customer_id, ...data },
});
const snapshot = (customer_id: string, n: number, data: Record<string, unknown> = {}) =>
  event('customer.snapshot', customer_id, {
    ...{ name: mark.name(n), email: mark.mail(n), phone: mark.phone(n), company: mark.name(n), tier: 'gold' },
    ...{ consents: { mail: mark.mail(n) }, updated_at: hour(2), ...data },
  });

async function profileOf(customerId: string): Promise<CustomerProfile & { state: 'live' }> {
  const profile = await readProfile(customerId);
  if (profile.state !== 'live') throw new Error(`${customerId} is ${profile.state}`);
  return profile;
}
async function readProfile(customerId: string): Promise<CustomerProfile> {
  const kv = await world.nc.jetstream().views.kv('customers', { bindOnly: true });
  const entry = await kv.get(profileKey('zendesk', customerId));
  return customerProfile.parse(entry?.json());
}
async function publish(...some: Record<string, unknown>[]): Promise<void> {
  await publishInOrder(world.nc.jetstream(), some, 1);
  await untilApplied(world);
}

test('customers with the same verified address are one person; an address that nobody vouches for links nobody', async () => {
  await publish(
    snapshot('a', 1, { email_verified: true }),
    snapshot('b', 1, { email_verified: true, email: mark.mail(1).toUpperCase() }),
    snapshot('c', 1),
    snapshot('d', 2, { email_verified: true }),
  );
  const [a, b, c, d] = await Promise.all(['a', 'b', 'c', 'd'].map(profileOf));
  expect(b?.person).toBe(a?.person);
  expect(b?.mail).toBe(a?.mail);
  expect(c?.mail).toBe(a?.mail);
  expect(new Set([a, c, d].map((profile) => profile?.person)).size).toBe(3);
});

test('a link lasts as long as both show the address, and nobody is linked by way of a third', async () => {
  const shows = (n: number, hourOf: number, more = {}) => ({
    ...{ email: mark.mail(n), email_verified: true, updated_at: hour(hourOf) },
    ...more,
  });
  const personsOf = async (...ids: string[]) => (await Promise.all(ids.map(profileOf))).map(({ person }) => person);
  await publish(snapshot('first', 6, shows(6, 2)), snapshot('moves', 6, shows(6, 2)));
  const [first, moves] = await personsOf('first', 'moves');
  expect(moves).toBe(first);

  await publish(
    snapshot('moves', 7, shows(7, 4)),
    snapshot('third', 7, shows(7, 2)),
    // Of before it moved, and heard late.
    snapshot('moves', 6, shows(6, 3)),
  );
  const [stayed, moved, third] = await personsOf('first', 'moves', 'third');
  expect(stayed).toBe(first);
  expect(moved).not.toBe(first);
  expect(third).toBe(moved);

  await publish(snapshot('moves', 7, shows(7, 5, { email_verified: false })));
  const [left, alone] = await personsOf('third', 'moves');
  expect(alone).not.toBe(left);

  await publish(snapshot('third', 6, shows(6, 5)), event('customer.erased', 'first', {}, hour(6)));
  expect(await personsOf('third')).toEqual([first]);
  expect(await readProfile('first')).not.toHaveProperty('person');
  await publish(snapshot('first', 6, shows(6, 7, { email_verified: false })));
  expect(await personsOf('first')).not.toEqual([first]);
});

test('a profile that is older than the known one changes nothing', async () => {
  await publish(
    snapshot('late', 3, { updated_at: hour(5), tier: 'gold' }),
    snapshot('late', 3, { updated_at: hour(4), tier: 'silver' }),
  );
  expect(await profileOf('late')).toMatchObject({ tier: 'gold', updated_at: hour(5) });
});

test('of two snapshots of the same moment the newer counts, but no copy with other content', async () => {
  const first = snapshot('twin', 3, { tier: 'gold' });
  await publish(first, { ...first, data: { ...first.data, tier: 'silver' } });
  expect(await profileOf('twin')).toMatchObject({ tier: 'gold' });
  await publish(snapshot('twin', 3, { tier: 'bronze' }));
  expect(await profileOf('twin')).toMatchObject({ tier: 'bronze' });
});

test('the latest interactions are kept once, in order of their time', async () => {
  const calls = Array.from({ length: 14 }, (_, n) =>
    event('interaction.logged', 'talker', {
      kind: 'call',
      occurred_at: hour((n * 5) % 14),
      fields: { said: mark.text(n) },
    }),
  );
  await publish(...calls, ...calls.slice(4));
  const { interactions, updated_at } = await profileOf('talker');
  expect(updated_at).toBeNull();
  expect(interactions.map(({ occurred_at }) => occurred_at)).toEqual(Array.from({ length: 10 }, (_, n) => hour(n + 4)));
});

test('an erased customer leaves a date; what the source says of them later begins anew', async () => {
  await publish(
    snapshot('gone', 4),
    event('customer.erased', 'gone', {}, hour(6)),
    snapshot('gone', 4, { updated_at: hour(5) }),
  );
  expect(await readProfile('gone')).toMatchObject({ state: 'erased', erased_at: new Date(hour(6)).toISOString() });
  await publish(snapshot('gone', 4, { updated_at: hour(7) }));
  expect(await profileOf('gone')).toMatchObject({ updated_at: hour(7), interactions: [] });
});

test('a profile that somebody else changed or removed meanwhile is read again before it is written', async () => {
  const kv = await world.nc.jetstream().views.kv('customers', { bindOnly: true });
  const key = profileKey('zendesk', 'shared');
  const call = (n: number) => event('interaction.logged', 'shared', { kind: 'call', occurred_at: hour(n) });
  await publish(call(1));
  await kv.put(key, JSON.stringify({ ...(await profileOf('shared')), tier: 'platinum' }));
  await publish(call(2));
  expect(await profileOf('shared')).toMatchObject({ tier: 'platinum', interactions: [{}, {}] });
  await kv.purge(key);
  await publish(call(3));
  expect(await profileOf('shared')).toMatchObject({ tier: null, interactions: [{ occurred_at: hour(3) }] });
});

test('of each profile one revision stays, also where a desk died before it had removed what it replaced', async () => {
  const jsm = await world.nc.jetstreamManager();
  const kept = async () => {
    const { state } = await jsm.streams.info('KV_customers');
    return { revisions: state.messages, keys: state.num_subjects };
  };
  const call = (n: number) => event('interaction.logged', 'often', { kind: 'call', occurred_at: hour(n) });
  await publish(...[1, 2, 3, 4, 5].map(call));
  const { keys = 0 } = await kept();
  await expect.poll(kept).toEqual({ revisions: keys, keys });

  await desk.kill();
  const kv = await world.nc.jetstream().views.kv('customers', { bindOnly: true });
  for (const tier of ['gold', 'platinum'])
    await kv.put(profileKey('zendesk', 'often'), JSON.stringify({ ...(await profileOf('often')), tier }));
  expect(await kept()).toEqual({ revisions: keys + 2, keys });
  await desk.start();
  await expect.poll(kept).toEqual({ revisions: keys, keys });
  expect(await profileOf('often')).toMatchObject({ tier: 'platinum', interactions: { length: 5 } });
});

test('what is personal in a profile is sealed under the customer’s key, and nowhere in the clear', async () => {
  await publish(snapshot('sealed', 5));
  const nc = await connectNats(world.natsLoginOf('web'), 'web');
  const kv = await nc.jetstream().views.kv('keys', { bindOnly: true });
  const vault = await openVault({ kv, masterKey: world.masterKey, readOnly: true });
  const { sealed } = await profileOf('sealed');
  const opened = await vault.unseal(customerKey('zendesk', 'sealed'), sealed ?? '');
  if (!('plain' in opened)) throw new Error('the key is gone');
  expect(customerContact.parse(JSON.parse(opened.plain.toString()))).toMatchObject({
    ...{ name: mark.name(5), email: mark.mail(5), consents: { mail: mark.mail(5) } },
  });
  await vault.close();
  await nc.close();
  const jsm = await world.nc.jetstreamManager();
  expect(await messagesWithMarks(jsm, 'KV_customers')).toEqual([]);
});
