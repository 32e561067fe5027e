import { randomBytes } from 'node:crypto';
import { personKey, type KeptPerson } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { hubPassesKey, sessionKey } from '@deskwire/contracts/session';
import { streams } from '@deskwire/contracts/subjects';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { KV, NatsConnection } from 'nats';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHub, type RunningHub } from './testing/start-hub.ts';
import { outcome, until as untilSo } from './testing/test-client.ts';
import { heartbeat, startLedger } from './testing/start-ledger.ts';

const origin = 'http://127.0.0.1:3000';
const iso = (inMs: number) => new Date(Date.now() + inMs).toISOString();
let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startLedger>>;
let hub: RunningHub;
let operator: NatsConnection;
let users: KV;
let sessions: KV;
const sockets: Socket[] = [];

beforeAll(async () => {
  nats = await startNats();
  ledger = await startLedger(nats);
  await ledger.append([{ source: 'zendesk' }, heartbeat('zendesk', 60, 0)]);
  hub = await startHub({ ...nats.env('hub'), ...ledger.env });
  operator = await connectNats(nats.env('operator'), 'operator');
  const js = operator.jetstream();
  [users, sessions] = await Promise.all([js.views.kv('users'), js.views.kv('sessions')]);
}, 120_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await operator.close();
  await hub.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

async function keep(person: KeptPerson): Promise<KeptPerson> {
  await users.put(personKey(person.id), JSON.stringify(person));
  return person;
}
function somebody(): Promise<KeptPerson> {
  const id = `p${randomBytes(8).toString('hex').slice(0, 15)}`;
  const email = `${id}@example.com`;
  return keep({ id, email, name: 'Ana', role: 'analyst', teams: [], generation: 2, created_at: iso(0) });
}
/** A session of a person as the web server writes it, with the pass that a page of it would show. */
async function signIn(person: KeptPerson, { endsInMs = 60_000, generation = person.generation } = {}) {
  const [name, secret] = [sha256Hex(randomBytes(25).toString('hex')), randomBytes(32).toString('base64url')];
  const record = { person_id: person.id, generation, device: '', created_at: iso(0), expires_at: iso(endsInMs) };
  await sessions.put(sessionKey(name), JSON.stringify(record));
  const pass = { secret_sha256: sha256Hex(secret), expires_at: iso(60_000) };
  await sessions.put(hubPassesKey(name), JSON.stringify([pass]));
  return { name, record, pass: `hp_${name}_${secret}` };
}
function open(token: string): Socket {
  const options = { transports: ['websocket'], forceNew: true, reconnection: false };
  const socket = io(hub.url, { ...options, auth: { token }, extraHeaders: { origin } });
  sockets.push(socket);
  return socket;
}
const until = (condition: () => boolean, withinMs = 1_000) => untilSo(condition, withinMs);

describe('the socket of a person', () => {
  it.each([
    ['the role changes', { role: 'agent' }],
    ['the role is none', { role: 'emperor' }],
    ['the person is disabled', { disabled_at: iso(0) }],
    ['the person is signed out everywhere', { generation: 3 }],
  ])('is cut within a second when %s', async (_, change) => {
    const ana = await somebody();
    const { pass } = await signIn(ana);
    const socket = open(pass);
    expect(await outcome(socket)).toBe('connected');
    await socket.timeout(10_000).emitWithAck('subscribe', { ch: 'flow' });
    await keep({ ...ana, ...change });
    await until(() => socket.disconnected);
  });

  it('comes back with the new role, and not in an earlier generation, disabled, or without a role', async () => {
    const ana = await somebody();
    const { pass } = await signIn(ana);
    await keep({ ...ana, role: 'agent', teams: ['billing'] });
    const socket = open(pass);
    expect(await outcome(socket)).toBe('connected');
    expect(await socket.timeout(10_000).emitWithAck('subscribe', { ch: 'flow' })).toMatchObject({
      ...{ ok: false, error: { code: 'forbidden' } },
    });
    for (const change of [{ generation: 3 }, { disabled_at: iso(0) }]) {
      await keep({ ...ana, ...change });
      expect(await outcome(open(pass))).toBe('unknown-token');
    }
    await keep({ ...ana, role: 'emperor' });
    expect(await outcome(open(pass))).toBe('unknown-role');
    const jsm = await operator.jetstreamManager();
    const alert = await jsm.streams.getMessage(streams.alerts, { last_by_subj: 'alerts.warning.access' });
    expect(alert.string()).toContain(ana.id);
  });

  it('stays when its session is renewed, beyond the end that it began with, and goes when it ends', async () => {
    const { name, record, pass } = await signIn(await somebody(), { endsInMs: 8_000 });
    const socket = open(pass);
    expect(await outcome(socket)).toBe('connected');
    await sessions.put(sessionKey(name), JSON.stringify({ ...record, expires_at: iso(60_000) }));
    // Sessions whose time is over are looked for every five seconds: this one's neighbour goes, it stays.
    const neighbour = open((await signIn(await somebody(), { endsInMs: 8_000 })).pass);
    expect(await outcome(neighbour)).toBe('connected');
    await until(() => neighbour.disconnected, 20_000);
    expect(socket.connected).toBe(true);
    await sessions.delete(sessionKey(name));
    await until(() => socket.disconnected);
  });
});
