import { kpiAnswers } from '@deskwire/contracts/kpi';
import { problem } from '@deskwire/contracts/problem';
import { rejectedDetail, rejectedPage, settleAnswer, type RejectedEvent } from '@deskwire/contracts/rejected';
import { retireAnswer } from '@deskwire/contracts/retirement';
import { subjects } from '@deskwire/contracts/subjects';
import { makeToken, until } from '@deskwire/hub/testing/test-client';
import { tombstone } from '@deskwire/vault/data-key';
import { quarantineKey } from '@deskwire/vault/key-name';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildWeb, startWeb } from '../web/test/start-web.ts';
import { untilApplied } from './src/desk-history.ts';
import { ledgerRows } from './src/ledger-rows.ts';
import type { Part } from './src/part.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let worker: Part;
let web: Awaited<ReturnType<typeof startWeb>>;
const tokens = { admin: '', analyst: '', agent: '' };
let started = 0;

const startOurWeb = () => {
  const { NATS_URL, NATS_USER = '', NATS_PASSWORD = '' } = world.natsLoginOf('web');
  const MASTER_KEY = world.masterKey.toString('base64');
  return startWeb({ ...world.clickhouse, NATS_URL, NATS_USER, NATS_PASSWORD, MASTER_KEY });
};

beforeAll(async () => {
  [world] = await Promise.all([startWorld(), buildWeb()]);
  worker = world.addWorker('ingest', { env: { INGEST_LEASE_MS: '1000' } });
  await Promise.all([worker.start(), world.addDesk('desk').start()]);
  web = await startOurWeb();
  tokens.admin = (await makeToken(world.nc, 'admin')).token;
  tokens.analyst = (await makeToken(world.nc, 'analyst')).token;
  tokens.agent = (await makeToken(world.nc, 'agent', ['billing'])).token;
}, 240_000);
afterAll(async () => {
  await web.stop();
  await world.close();
});
beforeEach(() => {
  started = Date.now();
});

function ask(path: string, options: { token?: string; body?: string } = {}): Promise<Response> {
  const { token = tokens.admin, body } = options;
  return fetch(`${web.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
}
const listed = async (query = '') => rejectedPage.parse(await (await ask(`rejected?${query}`)).json()).events;
const mend = (name: string, event: unknown, token = tokens.admin) =>
  ask(`rejected/${name}/mend`, { token, body: typeof event === 'string' ? event : JSON.stringify(event) });
const settled = async (response: Response) => settleAnswer.parse(await response.json());

/** How far "created" of the time since this test began can be trusted, up to an instant. */
async function created(to: number) {
  const range = `from=${new Date(started).toISOString()}&to=${new Date(to).toISOString()}`;
  const answers = kpiAnswers.parse(await (await ask(`kpi?kpis=created&${range}`)).json());
  return {
    n: answers.created?.n,
    state: answers.created?.completeness.state,
    missing: missingOf(answers.created?.completeness),
  };
}
const missingOf = (completeness: object | undefined) =>
  completeness !== undefined && 'missing' in completeness ? completeness.missing : undefined;
const waiting = async () => (await world.flow()).rejected.reduce((sum, row) => sum + row.waiting, 0);

/** A ticket that begins now; `more` replaces parts of its data. */
function ticket(id: string, more: Record<string, unknown> = {}) {
  const time = new Date().toISOString();
  return {
    ...{ specversion: '1.0', id, source: 'zendesk/acme', type: 'ticket.snapshot', time },
    data: { ticket_id: id, status: 'open', created_at: time, updated_at: time, subject: `about ${id}`, ...more },
  };
}

/** Sends a batch of three tickets of which the second is bad, and waits until it is accounted for. */
async function sendFlawed(label: string) {
  const bad = ticket(`${label}-2`, { status: 'unheard of' });
  const batch = [ticket(`${label}-1`), bad, ticket(`${label}-3`)];
  await world.nc.jetstream().publish(subjects.batch('zendesk'), JSON.stringify(batch));
  await untilStored(world);
  const [event] = (await listed()).filter(({ id }) => id === bad.id);
  if (event === undefined) throw new Error('nothing was rejected');
  return { event, mended: { ...bad, data: { ...bad.data, status: 'open' } } };
}
/** Matchers, typed: vitest's own are any. */
const pattern = (of: RegExp): unknown => expect.stringMatching(of);
const text = (part: string): unknown => expect.stringContaining(part);
const rowsOf = (id: string) => ledgerRows(world.client, `id = '${id}'`);

test('one bad event of a batch makes figures incomplete until it is mended, and is then accepted exactly once', async () => {
  const { event, mended } = await sendFlawed('batch');
  expect(event).toMatchObject({
    source: 'zendesk/acme',
    type: 'ticket.snapshot',
    reason: 'unknown-status',
    settled: null,
  });
  const to = Date.now();
  await until(async () => (await created(to)).n === 2, 30_000);
  expect(await created(to)).toEqual({ n: 2, state: 'incomplete', missing: 1 });
  expect(await waiting()).toBe(1);

  const { body } = rejectedDetail.parse(await (await ask(`rejected/${event.name}`)).json());
  expect(body).toMatchObject({ state: 'shown', readable: true, detail: text('data.status') });
  const sent: unknown = body.state === 'shown' && JSON.parse(body.text);
  expect(sent).toMatchObject({ id: event.id, data: { subject: 'about batch-2' } });
  expect(web.output()).toContain('"audit":"quarantine.read"');
  expect(web.output()).not.toContain('about batch-2');

  // Ten at the same moment, as from a button that is pressed again and again.
  const answers = await Promise.all(Array.from({ length: 10 }, async () => settled(await mend(event.name, mended))));
  expect(answers.filter(({ sent }) => sent === 'now')).toHaveLength(1);
  expect(await settled(await mend(event.name, mended))).toMatchObject({ sent: 'before', settled: { how: 'mended' } });

  await untilStored(world);
  expect((await rowsOf(event.id)).map(({ disposition }) => disposition)).toEqual(['rejected', 'accepted']);
  expect(await waiting()).toBe(0);
  await until(async () => (await created(to)).state === 'complete', 30_000);
  expect((await created(to)).n).toBe(3);
  expect(await listed()).toEqual([]);
  expect((await listed('state=all')).map(({ name, settled: how }) => [name, how?.how])).toEqual([
    [event.name, 'mended'],
  ]);
  const { totals, rejected } = await world.flow();
  expect([totals.rejected, totals.balanced, rejected]).toEqual([
    1,
    true,
    [{ source: 'zendesk/acme', reason: 'unknown-status', count: 1, waiting: 0 }],
  ]);
});

test('what would be rejected again is refused with its field, and nothing is sent', async () => {
  const { event, mended } = await sendFlawed('wrong');
  const refused = await mend(event.name, { ...mended, data: { ...mended.data, status: 'nearly open' } });
  expect([refused.status, problem.parse(await refused.json()).detail]).toEqual([422, text('data.status')]);
  const foreign = await mend(event.name, { ...mended, source: 'hubspot/acme' });
  expect([foreign.status, problem.parse(await foreign.json()).detail]).toEqual([422, text('source')]);
  expect((await mend(event.name, '{')).status).toBe(422);
  expect((await mend('EVENTS.1.1.0', mended)).status).toBe(404);
  expect((await rowsOf(event.id)).length).toBe(1);
  expect((await settled(await mend(event.name, mended))).sent).toBe('now');
});

test('only administrators read, mend and dismiss; an integration cannot settle anything by itself', async () => {
  const { event, mended } = await sendFlawed('rights');
  for (const token of [tokens.analyst, tokens.agent]) {
    expect((await ask(`rejected/${event.name}`, { token })).status).toBe(403);
    expect((await mend(event.name, mended, token)).status).toBe(403);
    expect((await ask(`rejected/${event.name}/dismiss`, { token, body: '{"reason":"junk"}' })).status).toBe(403);
  }
  expect((await ask('rejected', { token: tokens.analyst })).status).toBe(200);
  expect((await ask('rejected', { token: tokens.agent })).status).toBe(403);
  const forged = { ...ticket('forged'), deskwiremends: event.name };
  await world.nc.jetstream().publish(subjects.event('zendesk', 'ticket.snapshot'), JSON.stringify(forged));
  await untilStored(world);
  expect((await listed()).map(({ name }) => name)).toContain(event.name);
  await mend(event.name, mended);
});

test('ingest and web killed in between: it is sent once and accepted once', async () => {
  const { event, mended } = await sendFlawed('killed');
  await worker.kill();
  const first = await mend(event.name, mended);
  expect([first.status, await settled(first)]).toEqual([202, { sent: 'now', settled: null }]);
  await web.stop();
  web = await startOurWeb();
  expect(await settled(await mend(event.name, { ...mended, id: 'another' }))).toEqual({
    sent: 'before',
    settled: null,
  });
  await worker.start();
  await untilStored(world);
  expect((await rowsOf(event.id)).map(({ disposition }) => disposition)).toEqual(['rejected', 'accepted']);
  expect(await rowsOf('another')).toEqual([]);
  expect((await listed()).map(({ name }) => name)).not.toContain(event.name);
});

test('what was not JSON is mended by typing it anew, also as a list', async () => {
  await world.nc.jetstream().publish(subjects.batch('zendesk'), '[{"specversion": "1.0", "id"');
  await untilStored(world);
  const [event] = await listed('reason=not-json');
  if (event === undefined) throw new Error('nothing was rejected');
  expect(event).toMatchObject({ source: 'zendesk', id: '', type: '', time: null });
  expect(await settled(await mend(event.name, [ticket('typed-1'), ticket('typed-2')]))).toMatchObject({ sent: 'now' });
  await untilStored(world);
  expect((await ledgerRows(world.client, `startsWith(id, 'typed-')`)).map(({ disposition }) => disposition)).toEqual([
    'accepted',
    'accepted',
  ]);
  expect(await listed('reason=not-json')).toEqual([]);
});

test('an event that its source sent again by itself is said to have been there', async () => {
  const { event, mended } = await sendFlawed('again');
  await world.nc.jetstream().publish(subjects.event('zendesk', 'ticket.snapshot'), JSON.stringify(mended));
  await untilStored(world);
  expect(await settled(await mend(event.name, mended))).toMatchObject({ sent: 'now', settled: { how: 'was-there' } });
  expect((await rowsOf(event.id)).map(({ disposition }) => disposition)).toEqual(['rejected', 'accepted', 'duplicate']);
});

test('what will never be mended is dismissed with a reason, and figures no longer wait for it', async () => {
  const { event, mended } = await sendFlawed('junk');
  const to = Date.now();
  expect((await ask(`rejected/${event.name}/dismiss`, { body: '{"reason":" "}' })).status).toBe(400);
  const dismissed = await ask(`rejected/${event.name}/dismiss`, { body: '{"reason":"a test of theirs"}' });
  expect(await settled(dismissed)).toMatchObject({ sent: 'now', settled: { how: 'dismissed' } });
  await until(async () => (await created(to)).state === 'complete', 30_000);
  expect((await created(to)).n).toBe(2);
  expect(await settled(await mend(event.name, mended))).toMatchObject({
    sent: 'before',
    settled: { how: 'dismissed' },
  });
  expect((await rowsOf(event.id)).length).toBe(1);
});

test('pages through many, newest first, each once', async () => {
  const bad = Array.from({ length: 25 }, (_, n) => ticket(`page-${n}`, { priority: 'P1' }));
  await world.nc.jetstream().publish(subjects.batch('zendesk'), JSON.stringify(bad));
  await untilStored(world);
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = `reason=unknown-priority&limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = rejectedPage.parse(await (await ask(`rejected?${query}`)).json());
    seen.push(...page.events.map(({ id }) => id));
    cursor = page.next;
  }
  expect(seen).toEqual(bad.map(({ id }) => id).reverse());
  expect((await ask('rejected?cursor=nonsense')).status).toBe(400);
});

test('a source that fell silent is retired once, by administrators alone, and lives again with what it sends', async () => {
  const [source, segment] = ['hubspot/eu', 'hubspot'];
  const js = world.nc.jetstream();
  const beat = (id: string, interval_s: number) =>
    js.publish(
      subjects.event(segment, 'source.heartbeat'),
      JSON.stringify({
        ...{ specversion: '1.0', id, source, type: 'source.heartbeat', time: new Date().toISOString() },
        data: { cursor: 'a', sent_count: 0, interval_s },
      }),
    );
  const stateOf = async () => (await untilStored(world)).sources.find((one) => one.source === source)?.state;
  const retire = (token = tokens.admin) => ask('flow/retire', { token, body: JSON.stringify({ source }) });
  expect((await retire()).status).toBe(404);
  await beat('first', 3_600);
  await expect.poll(async () => (await retire()).status).toBe(409);
  const flawed = { ...ticket('tidied-up', { status: 'unheard of' }), source };
  await js.publish(subjects.event(segment, 'ticket.snapshot'), JSON.stringify(flawed));
  await beat('last', 0.1);
  await expect.poll(stateOf).toBe('silent');

  for (const token of [tokens.analyst, tokens.agent]) expect((await retire(token)).status).toBe(403);
  expect((await ask('flow/retire', { body: '{}' })).status).toBe(400);
  expect(await stateOf()).toBe('silent');
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => retireAnswer.parse(await (await retire()).json())),
  );
  expect(answers.filter(({ sent }) => sent === 'now')).toHaveLength(1);
  await expect.poll(stateOf).toBe('retired');
  const txid = answers.find(({ sent }) => sent === 'now')?.txid ?? '';
  expect(await ledgerRows(world.client, `id = '${txid}'`)).toHaveLength(1);
  await expect.poll(async () => retireAnswer.parse(await (await retire()).json()).sent).toBe('before');
  expect(web.output()).toContain('source.retire');

  // What an administrator sends of it is no sign of life.
  const rejected = (await listed()).find(({ id }) => id === flawed.id);
  const reason = '{"reason":"it will never mend it"}';
  expect((await ask(`rejected/${rejected?.name ?? ''}/dismiss`, { body: reason })).ok).toBe(true);
  expect(await stateOf()).toBe('retired');

  await beat('back', 3_600);
  await expect.poll(stateOf).toBe('live');
});

test('what was published under no name that a source can have is dismissed as any other', async () => {
  for (const subject of ['events.test', 'events.Test.x', 'events.my_source.x'])
    await world.nc.jetstream().publish(subject, 'hi');
  await untilStored(world);
  const rejected = (await listed('reason=not-json')).filter(({ source }) => source === 'unnamed');
  expect(rejected).toHaveLength(3);
  for (const { name } of rejected)
    expect(await settled(await ask(`rejected/${name}/dismiss`, { body: '{"reason":"tried by hand"}' }))).toMatchObject({
      settled: { how: 'dismissed' },
    });
  expect((await world.flow()).rejected.filter(({ source }) => source === 'unnamed')).toEqual([
    { source: 'unnamed', reason: 'not-json', count: 3, waiting: 0 },
  ]);
});

test('a full EVENTS is said to be full, and nothing is sent', async () => {
  const { event, mended } = await sendFlawed('full');
  const jsm = await world.nc.jetstreamManager();
  const { config, state } = await jsm.streams.info('EVENTS');
  await jsm.streams.update('EVENTS', { ...config, max_bytes: state.bytes });
  for (const refused of [
    await mend(event.name, mended),
    await ask(`rejected/${event.name}/dismiss`, { body: '{"reason":"no room"}' }),
  ])
    expect([refused.status, problem.parse(await refused.json()).detail]).toEqual([507, text('EVENTS takes no more')]);
  await jsm.streams.update('EVENTS', config);
  expect((await rowsOf(event.id)).length).toBe(1);
  expect((await settled(await mend(event.name, mended))).sent).toBe('now');
});

test('while a rejected event cannot be put aside no figure is complete without it, though the desk goes on', async () => {
  const [jsm, js] = [await world.nc.jetstreamManager(), world.nc.jetstream()];
  const { config } = await jsm.streams.info('QUARANTINE');
  // The desk begins where the ledger does.
  await js.publish(subjects.event('zendesk', 'ticket.snapshot'), JSON.stringify(ticket('aside-0')));
  await untilStored(world);
  await jsm.streams.update('QUARANTINE', { ...config, max_msg_size: 1 });
  const bad = ticket('aside-2', { status: 'unheard of' });
  const batch = [ticket('aside-1'), bad, ticket('aside-3')];
  await js.publish(subjects.batch('zendesk'), JSON.stringify(batch));
  await untilApplied(world);
  await untilStored(world, 45_000, 'TICKETS');
  const to = Date.now();
  // Stale where all of that took more than 30 s.
  expect(await created(to)).toMatchObject({ n: 3, state: pattern(/^(provisional|stale)$/) });
  expect(await rowsOf(bad.id)).toEqual([]);

  await jsm.streams.update('QUARANTINE', config);
  await untilStored(world);
  await until(async () => (await created(to)).state === 'incomplete', 30_000);
  expect(await created(to)).toEqual({ n: 3, state: 'incomplete', missing: 1 });
});

// The last one: it destroys the key of today.
test('says so when the bytes are gone: removed, or erased with their key', async () => {
  const bodyOf = async ({ name }: RejectedEvent) =>
    rejectedDetail.parse(await (await ask(`rejected/${name}`)).json()).body;
  const { event } = await sendFlawed('gone');
  const jsm = await world.nc.jetstreamManager();
  await jsm.streams.purge('QUARANTINE', { filter: `quarantine.${event.name}` });
  expect(await bodyOf(event)).toEqual({ state: 'gone', why: 'absent' });
  const { event: erased } = await sendFlawed('erased');
  const keys = await world.nc.jetstream().views.kv('keys');
  await keys.put(quarantineKey(erased.received_at.slice(0, 10)), tombstone);
  await until(async () => (await bodyOf(erased)).state === 'gone', 10_000);
  expect(await bodyOf(erased)).toEqual({ state: 'gone', why: 'erased' });
});
