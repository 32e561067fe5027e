import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { NatsConnection } from 'nats';
import { io, Manager } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startHub, type RunningHub } from './testing/start-hub.ts';
import { startDeskLedger } from './testing/start-desk-ledger.ts';
import { makeToken, metric, openClient, outcome, until, type TestClient } from './testing/test-client.ts';

let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startDeskLedger>>;
let operator: NatsConnection;
let hub: RunningHub;
let token: string;
/** Somebody who has nothing to do with it, and has to be served all the same. */
let bystander: TestClient;
const closers: (() => void)[] = [];

beforeAll(async () => {
  nats = await startNats();
  ledger = await startDeskLedger(nats);
  await ledger.append([{ source: 'zendesk' }]);
  hub = await startHub({ ...nats.env('hub'), ...ledger.env });
  operator = await connectNats(nats.env('operator'), 'operator');
  ({ token } = await makeToken(operator, 'analyst'));
  bystander = openClient(hub.url, token);
  await until(() => bystander.socket.connected);
  await bystander.join('flow');
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  const heard = bystander.frames.length;
  ledger.commit();
  await until(() => bystander.frames.length > heard, 10_000);
  expect(bystander.socket.connected).toBe(true);
});
afterAll(async () => {
  bystander.socket.disconnect();
  await operator.close();
  await hub.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

const refusedFor = (reason: string) => metric(hub.url, 'deskwire_hub_sign_in_failures_total', { reason });

const tooManyMessages = () => metric(hub.url, 'deskwire_hub_refused_messages_total', { reason: 'too-many' });

/** A connection that says what it likes, before anything else. */
async function openRaw() {
  const manager = new Manager(hub.url, { transports: ['websocket'], reconnection: false, autoConnect: false });
  closers.push(() => manager.engine.close());
  const closed = new Promise<void>((resolve) => manager.on('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    manager.open((error) => (error === undefined ? resolve() : reject(error)));
  });
  return { write: (packet: string | Buffer) => void manager.engine.write(packet), closed };
}

/** A websocket handshake by hand; the answer is the status and the body. */
async function handshake(query: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const asked = request(`${hub.url}/socket.io/?${query}`, {
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
    },
  });
  const answer = new Promise<[number, string]>((resolve, reject) => {
    asked.on('error', reject);
    asked.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve([101, '']);
    });
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString()));
      response.on('end', () => resolve([response.statusCode ?? 0, body]));
    });
  });
  asked.end();
  return answer;
}

describe('a handshake', () => {
  it.each([
    ['wrong-engine-version', 'EIO=3&transport=websocket', {}, 400, 'Unsupported protocol version'],
    ['wrong-engine-version', 'EIO=99&transport=websocket', {}, 400, 'Unsupported protocol version'],
    ['wrong-engine-version', 'transport=websocket', {}, 400, 'Unsupported protocol version'],
    ['wrong-transport', 'EIO=4&transport=polling', {}, 400, 'Transport unknown'],
    ['wrong-transport', 'EIO=4&transport=__proto__', {}, 400, 'Transport unknown'],
    ['unknown-session', 'EIO=4&transport=websocket&sid=gone', {}, 400, 'Session ID unknown'],
    ['foreign-origin', 'EIO=4&transport=websocket', { origin: 'http://evil.example' }, 403, 'Forbidden'],
  ])('is refused for %s (%s), in words, and counted', async (reason, query, headers, status, said) => {
    const before = await refusedFor(reason);
    const [answered, body] = await handshake(query, headers);
    expect([answered, body]).toEqual([status, expect.stringContaining(said)]);
    expect(await refusedFor(reason)).toBe(before + 1);
  });

  it('is refused for another version of the hub protocol, and taken for this one or none', async () => {
    const open = (version: unknown) => {
      const options = { transports: ['websocket'], forceNew: true, reconnection: false, auth: { token, version } };
      const socket = io(hub.url, options);
      closers.push(() => socket.disconnect());
      return outcome(socket);
    };
    const before = await refusedFor('wrong-version');
    expect(await open(2)).toBe('wrong-version');
    expect(await open('banana')).toBe('wrong-version');
    expect(await open({})).toBe('wrong-version');
    expect(await refusedFor('wrong-version')).toBe(before + 3);
    expect(await open(1)).toBe('connected');
    expect(await open(undefined)).toBe('connected');
  });
});

describe('what a client sends', () => {
  it.each([
    ['text that is no packet', '5garbage'],
    ['a packet of which half is missing', '42["subscribe",{"ch":'],
    ['bytes out of nowhere', Buffer.from([0, 255, 7, 128, 200])],
    ['a packet that announces attachments and brings none', '459999-["subscribe"]'],
  ])('before it has said who it is: %s, closes the connection and is counted', async (_, garbage) => {
    const before = await refusedFor('no-sign-in');
    const raw = await openRaw();
    raw.write(garbage);
    await raw.closed;
    await until(async () => (await refusedFor('no-sign-in')) === before + 1);
  });

  it('before it is signed in: closes the connection at its second try to, and judges the first alone', async () => {
    const before = { wrong: await refusedFor('unknown-token'), again: await refusedFor('signed-in-before') };
    const raw = await openRaw();
    for (let tries = 0; tries < 5; tries += 1) raw.write('0{"token":"dw_wrong"}');
    await raw.closed;
    await until(async () => (await refusedFor('signed-in-before')) === before.again + 1);
    expect(await refusedFor('unknown-token')).toBe(before.wrong + 1);
  });

  it('before it is signed in: closes the connection when it goes on past its budget', async () => {
    const before = await tooManyMessages();
    const raw = await openRaw();
    for (let asked = 0; asked < 1_500; asked += 1) raw.write('0/elsewhere,{}');
    await raw.closed;
    expect(await tooManyMessages()).toBe(before + 1_001);
  });

  it.each([
    [
      'goes on past its budget, whatever it calls its events',
      () => Array.from({ length: 1_500 }, () => '2["whatever"]'),
    ],
    ['leaves its socket and begins another one', () => ['1', `0${JSON.stringify({ token })}`]],
  ])('when it is signed in: closes its connection when it %s', async (_, said) => {
    const odd = openClient(hub.url, token);
    closers.push(() => odd.socket.disconnect());
    await until(() => odd.socket.connected);
    for (const packet of said()) odd.socket.io.engine.write(packet);
    await until(() => odd.socket.disconnected);
  });

  it('is refused beyond a hundred at once, and counted, and served again a moment later', async () => {
    const odd = openClient(hub.url, token);
    closers.push(() => odd.socket.disconnect());
    await until(() => odd.socket.connected);
    const before = await tooManyMessages();
    const answers = await Promise.all(Array.from({ length: 200 }, () => odd.ask('unsubscribe', { ch: 'flow' })));
    const refused = answers.filter((answer) => !answer.ok).length;
    // Those that are served come first; a slow machine gives some more.
    expect(answers.slice(0, 90).every(({ ok }) => ok)).toBe(true);
    expect(refused).toBeGreaterThan(0);
    expect(await tooManyMessages()).toBe(before + refused);
    await until(async () => (await odd.ask('unsubscribe', { ch: 'flow' })).ok);
  });

  it.each([
    ['text that is no packet', '42[[[\u0000'],
    ['bytes out of nowhere', Buffer.from([0, 255, 7, 128, 200])],
    ['5 MB', 'x'.repeat(5 * 1024 * 1024)],
  ])('when it is signed in: %s, closes its connection and is counted', async (_, garbage) => {
    const odd = openClient(hub.url, token);
    closers.push(() => odd.socket.disconnect());
    await until(() => odd.socket.connected);
    const before = await metric(hub.url, 'deskwire_hub_closed_total');
    odd.socket.io.engine.write(garbage);
    await until(() => odd.socket.disconnected);
    await until(async () => (await metric(hub.url, 'deskwire_hub_closed_total')) === before + 1);
  });

  it('is answered when it makes no sense, and the connection goes on', async () => {
    const odd = openClient(hub.url, token);
    closers.push(() => odd.socket.disconnect());
    await until(() => odd.socket.connected);
    const before = await metric(hub.url, 'deskwire_hub_refused_messages_total', { reason: 'invalid' });
    for (const message of [null, 1, [], { ch: 7 }, { ch: 'flow', seq: -1 }, { ch: 'x'.repeat(721) }, Buffer.alloc(9)])
      expect((await odd.ask('subscribe', message)).ok).toBe(false);
    expect(await metric(hub.url, 'deskwire_hub_refused_messages_total', { reason: 'invalid' })).toBe(before + 7);
    expect(await odd.subscribe('flow')).toBe('ok');
  });
});

it('spares a tab that stops reading under a flood, or closes on it: never is what it holds a part', async () => {
  // Wide enough to fill the kernel's buffers soon: beside the one that counts, as many teams as a connection may have.
  const teams = Array.from({ length: 48 }, (_, n) => `quiet-${n}`);
  const slow = openClient(hub.url, (await makeToken(operator, 'analyst', teams)).token);
  closers.push(() => slow.socket.disconnect());
  await until(() => slow.socket.connected);
  await slow.join('kpi:all');
  await Promise.all(teams.map((team) => slow.join(`kpi:team:${team}`)));
  const raw: unknown = Reflect.get(slow.socket.io.engine.transport, 'ws');
  const { _socket } = z.object({ _socket: z.custom<{ pause: () => void; resume: () => void }>() }).parse(raw);
  _socket.pause();
  const skipped = () => metric(hub.url, 'deskwire_hub_frames_skipped_total');
  const closed = () => metric(hub.url, 'deskwire_hub_closed_total');
  const before = { skipped: await skipped(), closed: await closed() };
  await until(async () => {
    ledger.commit();
    return (await skipped()) > before.skipped + 200 || (await closed()) > before.closed;
  }, 40_000);
  await ledger.open('billing');
  _socket.resume();
  await bystander.join('kpi:all');
  const shown = (client: TestClient) => client.last('kpi:all')?.kpis.created?.n;
  await until(() => slow.socket.disconnected || (shown(slow) === 1 && shown(bystander) === 1), 20_000);
  await bystander.ask('unsubscribe', { ch: 'kpi:all' });
  const seqs = slow.frames.filter(({ ch }) => ch === 'kpi:all').map(({ seq }) => seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
});

/** An address of this machine that is not spared as loopback is. */
const [outside] = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal);

describe.skipIf(outside === undefined)('one address outside the machine', () => {
  const host = outside?.address ?? '';
  let open: RunningHub;
  let url: string;
  beforeAll(async () => {
    open = await startHub({ ...nats.env('hub'), ...ledger.env, BIND_HOST: host });
    url = `http://${host}:${new URL(open.url).port}`;
  });
  afterAll(() => open.stop());
  const signIn = (secret: string) => {
    const { socket } = openClient(url, secret);
    closers.push(() => socket.disconnect());
    return outcome(socket);
  };

  it('has 2,000 connections and no more, until one of them ends', async () => {
    const { port } = new URL(url);
    const hello = [
      ...['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', `Host: ${host}:${port}`, 'Connection: Upgrade'],
      ...['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '\r\n'],
    ].join('\r\n');
    const held: Socket[] = [];
    closers.push(() => held.forEach((socket) => socket.destroy()));
    const hold = () =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), host, () => socket.write(hello));
        held.push(socket);
        socket.on('error', () => undefined).once('data', () => resolve());
      });
    for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 100 }, hold));
    expect(await signIn(token)).toBe('too-many-connections');
    // Also one that says nothing is told, and let go.
    const silent = connect(Number(port), host, () => silent.write(hello)).setEncoding('utf8');
    let told = '';
    silent.on('data', (text: string) => (told += text));
    await new Promise((resolve) => silent.on('end', resolve));
    expect(told).toContain('too-many-connections');
    held[0]?.destroy();
    await until(async () => (await signIn(token)) === 'connected');
  });

  it('is refused after ten wrong tokens, also with a right one', async () => {
    const wrong = await Promise.all(Array.from({ length: 10 }, () => signIn('dw_wrong')));
    expect(new Set(wrong)).toEqual(new Set(['unknown-token']));
    expect(await signIn(token)).toBe('too-many');
    // Another address is another matter.
    const other = openClient(hub.url, token).socket;
    closers.push(() => other.disconnect());
    expect(await outcome(other)).toBe('connected');
  });
});

it('counts the clients of a proxy, where it is told which header names them', async () => {
  const proxied = await startHub({
    ...{ ...nats.env('hub'), ...ledger.env },
    ...{ ADDRESS_HEADER: 'x-forwarded-for', XFF_DEPTH: '1' },
  });
  const signIn = (secret: string, client: string) => {
    const { socket } = openClient(proxied.url, secret, { 'x-forwarded-for': `198.51.100.1, ${client}` });
    closers.push(() => socket.disconnect());
    return outcome(socket);
  };
  try {
    const wrong = await Promise.all(Array.from({ length: 10 }, () => signIn('dw_wrong', '203.0.113.7')));
    expect(new Set(wrong)).toEqual(new Set(['unknown-token']));
    expect(await signIn(token, '203.0.113.7')).toBe('too-many');
    expect(await signIn(token, '203.0.113.8')).toBe('connected');
  } finally {
    await proxied.stop();
  }
});
