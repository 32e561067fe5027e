import { execFile } from 'node:child_process';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { flowReport } from '@deskwire/contracts/flow';
import { frame as frameSchema, hubHeartbeat, subscribeAck, type Frame } from '@deskwire/contracts/hub-protocol';
import type { Role } from '@deskwire/contracts/roles';
import { sha256Hex } from '@deskwire/contracts/secret';
import { hubPassesKey, sessionKey } from '@deskwire/contracts/session';
import { subjects } from '@deskwire/contracts/subjects';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { NatsConnection } from 'nats';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startHub, type RunningHub } from './testing/start-hub.ts';
import { heartbeat, startLedger } from './testing/start-ledger.ts';
import { metric as metricOf, outcome, until } from './testing/test-client.ts';

const origin = 'http://127.0.0.1:3000';
let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startLedger>>;
let hub: RunningHub;
let operator: NatsConnection;
const sockets: Socket[] = [];

beforeAll(async () => {
  nats = await startNats();
  ledger = await startLedger(nats);
  await ledger.append([{ source: 'zendesk' }, { source: 'zendesk' }, heartbeat('zendesk', 60, 0)]);
  hub = await startHub({ ...nats.env('hub'), ...ledger.env });
  operator = await connectNats(nats.env('operator'), 'operator');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await operator.close();
  await hub.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

const made = z.object({
  id: z.string(),
  token: z.string(),
  role: z.string(),
  name: z.string(),
  teams: z.array(z.string()),
});
const run = promisify(execFile);

async function tokenCommand(...args: string[]): Promise<string> {
  const env = { ...pathEnv(), ...nats.env('operator') };
  return (await run(process.execPath, [...builtService('hub/src/token.ts'), ...args], { env })).stdout;
}
async function newToken(role: Role, ...more: string[]) {
  return made.parse(JSON.parse(await tokenCommand('add', '--role', role, '--name', 'Test', ...more, '--json')));
}

function open(token: string | undefined, headers: Record<string, string> = {}): Socket {
  const socket = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(token === undefined ? {} : { auth: { token } }),
    extraHeaders: headers,
  });
  sockets.push(socket);
  return socket;
}
function frames(socket: Socket): Frame[] {
  const seen: Frame[] = [];
  socket.on('frame', (message) => seen.push(frameSchema.parse(message)));
  return seen;
}
async function ask(socket: Socket, event: string, message: unknown) {
  return subscribeAck.parse(await socket.timeout(10_000).emitWithAck(event, message));
}
const metric = (name: string) => metricOf(hub.url, name);

describe('sign-in', () => {
  it('takes a bearer token as soon as the command that made it returns, with or without our origin', async () => {
    const { token } = await newToken('analyst');
    expect(await outcome(open(token))).toBe('connected');
    expect(await outcome(open(token, { origin }))).toBe('connected');
  });

  it('refuses no token, a wrong secret, and a token that nobody made', async () => {
    const { token } = await newToken('analyst');
    expect(await outcome(open(undefined))).toBe('no-token');
    expect(await outcome(open(`${token.slice(0, -4)}AAAA`))).toBe('unknown-token');
    expect(await outcome(open(`dw_${'a'.repeat(12)}_${'b'.repeat(43)}`))).toBe('unknown-token');
  });

  it('refuses a foreign origin at the handshake, even with a good token', async () => {
    const { token } = await newToken('analyst');
    expect(await outcome(open(token, { origin: 'http://evil.example' }))).toBe('no-handshake');
    expect(await outcome(open(token, { origin: 'null' }))).toBe('no-handshake');
  });

  it('takes the pass of a page, but not from a program, not twice its time, and not after the session ended', async () => {
    const { id } = await newToken('analyst');
    const sessions = await operator.jetstream().views.kv('sessions');
    const session = sha256Hex('a session');
    const iso = (inMs: number) => new Date(Date.now() + inMs).toISOString();
    const pass = (secret: string, inMs: number) => ({ secret_sha256: sha256Hex(secret), expires_at: iso(inMs) });
    const [good, old] = ['g'.repeat(43), 'o'.repeat(43)];
    const signedIn = { token_id: id, created_at: iso(0), expires_at: iso(60_000) };
    await sessions.put(sessionKey(session), JSON.stringify(signedIn));
    await sessions.put(hubPassesKey(session), JSON.stringify([pass(old, -1), pass(good, 60_000)]));

    const page = open(`hp_${session}_${good}`, { origin });
    expect(await outcome(page)).toBe('connected');
    expect(await outcome(open(`hp_${session}_${good}`))).toBe('bearer-needed');
    expect(await outcome(open(`hp_${session}_${old}`, { origin }))).toBe('expired');
    await sessions.delete(sessionKey(session));
    await until(() => page.disconnected, 1_000);
    expect(await outcome(open(`hp_${session}_${good}`, { origin }))).toBe('unknown-token');
  });

  it('cuts the sockets of a revoked token within a second, and lets it in no more', async () => {
    const { id, token } = await newToken('analyst');
    const socket = open(token);
    expect(await outcome(socket)).toBe('connected');
    const revoked = operator
      .jetstream()
      .views.kv('users')
      .then((users) => users.delete(`token.${id}`));
    await revoked;
    await until(() => socket.disconnected, 1_000);
    expect(await outcome(open(token))).toBe('unknown-token');
  });

  it('refuses a role that does not exist and raises an alert', async () => {
    const { id, token } = await newToken('analyst');
    const users = await operator.jetstream().views.kv('users');
    const record = z.record(z.string(), z.unknown()).parse((await users.get(`token.${id}`))?.json());
    const alerts = operator.subscribe(subjects.alert('warning', 'access'), { max: 1 });
    await operator.flush();
    await users.put(`token.${id}`, JSON.stringify({ ...record, role: 'boss' }));
    expect(await outcome(open(token))).toBe('unknown-role');
    for await (const alert of alerts) expect(alert.string()).toContain(id);
  });
});

describe('channel flow', () => {
  it('sends a snapshot, then whole frames that follow each other, and counts each of them', async () => {
    const { token } = await newToken('analyst');
    const handed = await metric('deskwire_hub_frames_total');
    const socket = open(token);
    const seen = frames(socket);
    expect(await ask(socket, 'subscribe', { ch: 'flow' })).toEqual({ ok: true });
    expect(seen[0]).toMatchObject({ ch: 'flow', kind: 'snapshot' });
    const before = flowReport.parse(seen[0]?.data).totals.received;
    expect(before).toBeGreaterThanOrEqual(3);

    const ingest = await connectNats(nats.env('ingest'), 'ingest');
    await ledger.append([{ source: 'zendesk' }]);
    ingest.publish(subjects.ingestCommitted, '{}');
    await until(() => seen.some((frame) => flowReport.parse(frame.data).totals.received === before + 1));
    await ingest.close();

    await until(() => seen.length >= 4);
    const later = seen.slice(1);
    expect(later.every((frame) => frame.kind === 'frame')).toBe(true);
    later.forEach((frame, index) => expect(frame.prev).toBe(seen[index]?.seq));
    // Nobody else listens.
    await ask(socket, 'unsubscribe', { ch: 'flow' });
    expect(await metric('deskwire_hub_frames_total')).toBe(handed + seen.length);
  });

  it('carries the newest alerts, and is published for all to hear on live.flow', async () => {
    const { token } = await newToken('analyst');
    const socket = open(token);
    const seen = frames(socket);
    expect(await ask(socket, 'subscribe', { ch: 'flow' })).toEqual({ ok: true });
    const published = operator.subscribe('live.flow');
    const body = { at: new Date().toISOString(), title: 'The sky falls', detail: 'Take cover.' };
    const { seq } = await operator.jetstream().publish(subjects.alert('critical', 'sky'), JSON.stringify(body));
    const entry = { seq, at: body.at, severity: 'critical', area: 'sky', title: body.title };
    const newest = () => flowReport.parse(seen.at(-1)?.data).alerts?.[0];
    await until(() => newest()?.seq === seq);
    expect(newest()).toEqual(entry);
    for await (const message of published) if (flowReport.parse(message.json()).alerts?.[0]?.seq === seq) break;
  });

  it('tells its head every five seconds and goes quiet after unsubscribe', async () => {
    const { token } = await newToken('admin');
    const socket = open(token);
    const seen = frames(socket);
    const beats: z.infer<typeof hubHeartbeat>[] = [];
    socket.on('heartbeat', (message) => beats.push(hubHeartbeat.parse(message)));
    await ask(socket, 'subscribe', { ch: 'flow' });
    await until(() => beats.length > 0, 6_000);
    expect(beats[0]).toMatchObject({ ch: 'flow', epoch: seen[0]?.epoch });
    expect(await ask(socket, 'unsubscribe', { ch: 'flow' })).toEqual({ ok: true });
    await sleep(200);
    const heard = seen.length;
    await sleep(1_500);
    expect(seen.length).toBe(heard);
  });

  it('knows the teams of a token by their slugs, however they are written', async () => {
    expect((await newToken('lead', '--team', 'Group 70', '--team', 'group-70')).teams).toEqual(['group-70']);
  });

  it('says what a role may not hear, what is not there yet, and what is nonsense', async () => {
    const agent = open((await newToken('agent', '--team', 'billing')).token);
    const code = async (message: unknown) => {
      const answer = await ask(agent, 'subscribe', message);
      return answer.ok ? 'ok' : answer.error.code;
    };
    expect(await code({ ch: 'flow' })).toBe('forbidden');
    expect(await code({ ch: 'queue:sales' })).toBe('forbidden');
    expect(await code({ ch: 'queue:billing' })).toBe('unavailable');
    expect(await code({ ch: 'nothing' })).toBe('not-found');
    expect(await code({ channel: 'flow' })).toBe('invalid');
    expect(await code(null)).toBe('invalid');
  });

  it('spares a slow socket its frames instead of queueing them, and closes nobody for it', async () => {
    const { token } = await newToken('analyst');
    const [slow, quick] = [open(token), open(token)];
    const [heardSlow, heardQuick] = [frames(slow), frames(quick)];
    // Wide reports fill the kernel's buffers fast.
    const many = Array.from({ length: 300 }, (_, index) => ({ source: `source-${index}-${'x'.repeat(2_000)}` }));
    await ledger.append(many);
    await Promise.all([ask(slow, 'subscribe', { ch: 'flow' }), ask(quick, 'subscribe', { ch: 'flow' })]);
    const raw: unknown = Reflect.get(slow.io.engine.transport, 'ws');
    const { _socket } = z.object({ _socket: z.custom<{ pause: () => void; resume: () => void }>() }).parse(raw);
    _socket.pause();
    // More than the other one may miss when this machine is busy.
    const skippedBefore = await metric('deskwire_hub_frames_skipped_total');
    const ingest = await connectNats(nats.env('ingest'), 'ingest');
    const commits = setInterval(() => ingest.publish(subjects.ingestCommitted, '{}'), 50);
    await until(async () => (await metric('deskwire_hub_frames_skipped_total')) > skippedBefore + 5, 40_000);
    clearInterval(commits);
    await ingest.close();
    _socket.resume();
    await until(() => (heardSlow.at(-1)?.seq ?? 0) >= (heardQuick.at(-1)?.seq ?? 1), 5_000);
    expect(heardSlow.length).toBeLessThan(heardQuick.length);
    expect(slow.connected).toBe(true);
  }, 120_000);

  it('repeats the last known figures as unknown while ClickHouse is away', async () => {
    const { token } = await newToken('analyst');
    const socket = open(token);
    const seen = frames(socket);
    await ask(socket, 'subscribe', { ch: 'flow' });
    const known = flowReport.parse(seen[0]?.data);
    ledger.engine.kill('SIGSTOP');
    try {
      await until(() => seen.some((frame) => flowReport.parse(frame.data).state === 'unknown'), 15_000);
    } finally {
      ledger.engine.kill('SIGCONT');
    }
    const unknown = seen.map((frame) => flowReport.parse(frame.data)).find((report) => report.state === 'unknown');
    expect(unknown?.totals.received).toBeGreaterThanOrEqual(known.totals.received);
    expect(unknown?.why).toContain('cannot be read');
    await until(() => flowReport.parse(seen.at(-1)?.data).state !== 'unknown', 15_000);
  });
});

describe('staying alive', () => {
  it('survives 1,000 handshakes that are aborted, without a ghost', async () => {
    const { port, hostname } = new URL(hub.url);
    const request = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n');
    const abort = (afterMs: number) =>
      new Promise<void>((resolve) => {
        const socket = connectTcp(Number(port), hostname, () => {
          socket.write(request, () => setTimeout(() => socket.resetAndDestroy(), afterMs));
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => abort(index % 5)));
    }
    await until(async () => (await metric('deskwire_hub_connections')) === 0);
    expect(await outcome(open((await newToken('analyst')).token))).toBe('connected');
  });

  it('answers health and metrics on its own port, and nothing else', async () => {
    const answer = async (path: string) => {
      const response = await fetch(`${hub.url}${path}`);
      return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
    };
    expect(await answer('/healthz')).toEqual({ status: 200, type: 'text/plain', body: 'ok\n' });
    expect(await answer('/readyz')).toMatchObject({ status: 200, type: 'application/json' });
    expect(JSON.parse((await answer('/readyz')).body)).toMatchObject({ part: 'hub', ready: true });
    expect((await answer('/metrics')).body).toMatch(/^deskwire_hub_connections \d+$/m);
    expect(await answer('/')).toMatchObject({ status: 404 });
  });

  it('drains on SIGTERM: clients see a broken connection, not a refusal, and the port can be used at once', async () => {
    // Below the range from which the system takes the ports of clients.
    const HUB_PORT = String(20_000 + Math.floor(Math.random() * 10_000));
    const env = { ...nats.env('hub'), ...ledger.env, HUB_PORT };
    const second = await startHub(env);
    await expect(startHub(env)).rejects.toThrow('is HUB_PORT taken?');
    const { token } = await newToken('analyst');
    const reasons: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      const socket = io(second.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth: { token },
      });
      socket.on('disconnect', (reason) => reasons.push(reason));
      await outcome(socket);
    }
    expect(await second.stop('SIGTERM')).toBe(0);
    await until(() => reasons.length === 20, 2_000);
    expect(new Set(reasons)).toEqual(new Set(['transport close']));
    const again = await startHub(env);
    expect(await again.stop()).toBe(0);
  });
});
