import { connectNats } from '@deskwire/runtime/nats';
import { connect, Events, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIntegrations } from './integrations.ts';
import type { ServiceName } from './logins.ts';
import { startNats, type TestNats } from './start-nats.ts';

let nats: TestNats;
const open: NatsConnection[] = [];

beforeAll(async () => {
  nats = await startNats();
});

afterAll(async () => {
  await Promise.all(open.map((nc) => nc.close()));
  await nats.stop();
});

async function signIn(service: ServiceName): Promise<NatsConnection> {
  const nc = await connectNats(nats.env(service), service);
  open.push(nc);
  return nc;
}

/** An integration connects with whatever client it has, on the default inbox. */
async function integration(source: string): Promise<NatsConnection> {
  const { add } = createIntegrations({ dataDir: nats.dataDir, url: nats.url, now: () => '2025-01-01T00:00:00Z' });
  const { url, user, password } = await add(source);
  const nc = await connect({ servers: url, user, pass: password });
  open.push(nc);
  return nc;
}

/** The subject that the server refused, or 'allowed'. */
async function attempt(nc: NatsConnection, act: (nc: NatsConnection) => void): Promise<string> {
  const refused = (async () => {
    for await (const { type, data } of nc.status()) {
      if (type === Events.Error) return `refused: ${JSON.stringify(data)}`;
    }
    return 'closed';
  })();
  act(nc);
  await nc.flush();
  return Promise.race([refused, new Promise<string>((resolve) => setTimeout(resolve, 60, 'allowed'))]);
}
const publish = (subject: string) => (nc: NatsConnection) => nc.publish(subject, 'x');
const listen = (subject: string) => (nc: NatsConnection) => {
  nc.subscribe(subject, { callback: () => undefined });
};

test('an integration stores events of its own source and hears the acknowledgement', async () => {
  const zendesk = await integration('zendesk');
  const ack = await zendesk.jetstream().publish('events.zendesk.ticket.snapshot', '{}', { msgID: '1' });
  expect(ack).toMatchObject({ stream: 'EVENTS', duplicate: false });
});

test('a refused source is not stored, and nothing else is open to an integration', async () => {
  const jira = await integration('jira');
  const refused = [
    ...[
      'events.zendesk.ticket.snapshot',
      'events.jir',
      'events._settled.jira.EVENTS.1.1.0',
      'events',
      'tickets.a.b',
      'quarantine.EVENTS.1.1.0',
      'desk.claim',
    ],
    ...[
      'health.web',
      'ingest.committed',
      'live.flow',
      '$JS.API.INFO',
      '$JS.API.STREAM.INFO.EVENTS',
      '$KV.users.x',
      '$JS.API.STREAM.MSG.GET.EVENTS',
    ],
    ...['_INBOX.somebody', '_INBOX_web.x', '$SYS.REQ.SERVER.PING'],
  ];
  for (const subject of refused) expect(await attempt(jira, publish(subject)), subject).toMatch(/^refused/);
  for (const subject of [
    'events.>',
    'events.jira.>',
    '>',
    'tickets.>',
    '_INBOX_ingest.>',
    '$KV.>',
    'live.>',
    'desk.>',
    'health.>',
  ]) {
    expect(await attempt(jira, listen(subject)), subject).toMatch(/^refused/);
  }
});

test('only hub and web publish commands of the desk, and only workflows hears them', async () => {
  for (const service of ['supervisor', 'operator', 'ingest', 'connectors', 'workflows'] as const) {
    expect(await attempt(await signIn(service), publish('desk.claim')), service).toMatch(/^refused/);
  }
  for (const service of ['hub', 'web'] as const) {
    expect(await attempt(await signIn(service), publish('desk.claim')), service).toBe('allowed');
  }
  for (const service of ['supervisor', 'operator', 'ingest', 'connectors', 'hub', 'web'] as const) {
    expect(await attempt(await signIn(service), listen('desk.claim')), service).toMatch(/^refused/);
  }
});

test('services cannot publish events, read the inbox of another, or change streams', async () => {
  for (const service of ['ingest', 'hub', 'web', 'workflows'] as const) {
    const nc = await signIn(service);
    expect(await attempt(nc, publish('events.zendesk.ticket.snapshot')), service).toMatch(/^refused/);
    expect(await attempt(nc, publish('$JS.API.STREAM.DELETE.EVENTS')), service).toMatch(/^refused/);
    expect(await attempt(nc, publish('$JS.API.STREAM.UPDATE.EVENTS')), service).toMatch(/^refused/);
    const other = service === 'web' ? 'hub' : 'web';
    expect(await attempt(nc, listen(`_INBOX_${other}.>`)), service).toMatch(/^refused/);
    expect(await attempt(nc, listen('_INBOX.>')), service).toMatch(/^refused/);
  }
});

test('ingest reads events in order, keeps its lease and announces what it stored; it cannot read users', async () => {
  const nc = await signIn('ingest');
  const js = nc.jetstream();
  const consumer = await js.consumers.get('EVENTS');
  expect((await consumer.next({ expires: 2_000 }))?.subject).toBe('events.zendesk.ticket.snapshot');
  const jsm = await nc.jetstreamManager();
  expect((await jsm.streams.getMessage('EVENTS', { seq: 1 })).subject).toBe('events.zendesk.ticket.snapshot');
  const leases = await js.views.kv('leases');
  await leases.put('ingest.EVENTS', 'me');
  expect((await leases.get('ingest.EVENTS'))?.string()).toBe('me');
  await js.publish('quarantine.EVENTS.1.1.0', 'sealed');
  expect(await attempt(nc, publish('ingest.committed'))).toBe('allowed');
  expect(await attempt(nc, publish('$JS.API.STREAM.INFO.KV_users'))).toMatch(/^refused/);
});

test('hub watches users and sessions without being able to change them', async () => {
  const operator = await signIn('operator');
  await (await operator.jetstream().views.kv('users')).put('token.a', 'value');
  const nc = await signIn('hub');
  const users = await nc.jetstream().views.kv('users');
  expect((await users.get('token.a'))?.string()).toBe('value');
  const watch = await users.watch();
  const first = await watch[Symbol.asyncIterator]().next();
  expect(first).toMatchObject({ value: { key: 'token.a' } });
  watch.stop();
  expect(await attempt(nc, publish('$KV.users.token.a'))).toMatch(/^refused/);
});

test('web asks every part how it is, and each part answers once', async () => {
  const ingest = await signIn('ingest');
  ingest.subscribe('health.ingest', { callback: (_, message) => message.respond('fine') });
  await ingest.flush();
  const web = await signIn('web');
  expect((await web.request('health.ingest', '', { timeout: 2_000 })).string()).toBe('fine');
});

test('nobody signs in without a login, and a source named like a service is not that service', async () => {
  await expect(connect({ servers: nats.url })).rejects.toThrow(/authorization/i);
  await expect(connect({ servers: nats.url, user: 'web', pass: 'web' })).rejects.toThrow(/authorization/i);
  const web = await integration('web');
  expect(await attempt(web, publish('events.web.ticket.snapshot'))).toBe('allowed');
  expect(await attempt(web, publish('desk.claim'))).toMatch(/^refused/);
});
