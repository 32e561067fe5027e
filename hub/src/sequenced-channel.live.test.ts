import type { Frame } from '@deskwire/contracts/hub-protocol';
import { Registry } from 'prom-client';
import { io as connect, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createIo } from './hub.ts';
import { createMetrics } from './metrics.ts';
import { createRooms } from './rooms.ts';
import { createSequencedChannel, type ChannelState } from './sequenced-channel.ts';
import { createSocketApp } from './socket-app.ts';
import { until } from './testing/test-client.ts';

const metrics = createMetrics(new Registry(), () => 0);
const socketApp = createSocketApp({ tls: undefined, onDropped: () => metrics.dropped.inc() });
const io = createIo(socketApp, []);
const clients: Socket[] = [];
let state: ChannelState = { epoch: 1, seq: 0, data: 0 };
let readFirst: () => void = () => undefined;
const channel = createSequencedChannel({
  room: 'queue:test',
  read: async () => {
    const read = state;
    readFirst();
    return Promise.resolve(read);
  },
  unknown: 'not now',
  end: socketApp.end,
  doors: {
    ...{ rooms: createRooms(socketApp), bufferedBytes: socketApp.bufferedBytes, now: Date.now, metrics },
  },
});
let url = '';
const nothingElse = () => Promise.resolve({ status: 404, type: 'text/plain', body: '' });

beforeAll(async () => {
  io.on('connection', (socket) => {
    socket.on('subscribe', (message) => {
      const from = z.object({ ch: z.string(), epoch: z.number().optional(), seq: z.number().optional() });
      void channel.subscribe(socket, from.parse(message));
    });
    socket.on('disconnect', () => channel.unsubscribe(socket));
  });
  url = `http://127.0.0.1:${await socketApp.listen('127.0.0.1', 0, nothingElse)}`;
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(async () => {
  socketApp.stopListening();
  await io.close();
});

function write(text = ''): void {
  const seq = state.seq + 1;
  state = { epoch: state.epoch, seq, data: seq };
  const at = new Date().toISOString();
  channel.publish({ ch: 'queue:test', epoch: state.epoch, seq, prev: seq - 1, kind: 'delta', at, data: { seq, text } });
}
async function open(from: { epoch?: number; seq?: number } = {}) {
  const client = connect(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  clients.push(client);
  const frames: Frame[] = [];
  const heads: number[] = [];
  const closes: { reason: string; code: unknown }[] = [];
  client.on('frame', (frame: Frame) => frames.push(frame));
  client.on('heartbeat', ({ head }: { head: number }) => heads.push(head));
  client.on('connect', () => client.emit('subscribe', { ch: 'queue:test', ...from }));
  client.on('disconnect', (reason, details) => {
    const told = z.object({ context: z.object({ code: z.number() }) }).safeParse(details);
    closes.push({ reason, code: told.success ? told.data.context.code : undefined });
  });
  await until(() => heads.length > 0);
  return { client, frames, heads, closes };
}
/** Its reader stops, with the bytes left in the buffers on the way. */
function readerOf({ client }: { client: Socket }) {
  const raw: unknown = Reflect.get(client.io.engine.transport, 'ws');
  return z.object({ _socket: z.custom<{ pause: () => void; resume: () => void }>() }).parse(raw)._socket;
}
/** By label; under '' when there is none. */
async function counted(counter: { get: () => Promise<{ values: { labels: object; value: number }[] }> }) {
  const { values } = await counter.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(Object.values(labels)[0] ?? ''), value]));
}
const seqs = (frames: Frame[]) => frames.map(({ seq }) => seq);

it('begins with a snapshot and goes on with every delta, none missing and none before it', async () => {
  // Written while the snapshot is being read.
  readFirst = () => {
    readFirst = () => undefined;
    write();
    write();
  };
  const { frames } = await open();
  write();
  await until(() => frames.at(-1)?.seq === state.seq);
  expect(frames[0]?.kind).toBe('snapshot');
  expect(seqs(frames)).toEqual(frames.map((_, place) => (frames[0]?.seq ?? 0) + place));
});

it('replays all that was missed, or gives a snapshot when that is no longer kept, and counts which', async () => {
  const before = await counted(metrics.resumes);
  for (let n = 0; n < 10; n += 1) write();
  const held = state.seq - 4;
  const back = await open({ epoch: 1, seq: held });
  expect(seqs(back.frames)).toEqual([held + 1, held + 2, held + 3, held + 4]);
  expect((await open({ epoch: 1, seq: state.seq })).frames).toEqual([]);
  for (let n = 0; n < 600; n += 1) write();
  const late = await open({ epoch: 1, seq: held });
  expect(late.frames).toMatchObject([{ kind: 'snapshot', seq: state.seq }]);
  expect((await open({ epoch: 7, seq: held })).frames).toMatchObject([{ kind: 'snapshot' }]);
  expect(await counted(metrics.resumes)).toEqual({ ...before, replay: 1, held: 1, snapshot: 2 });
});

it('closes a socket that does not keep up, with a code, after a part without a gap', async () => {
  const slow = await open();
  const quick = await open();
  const reader = readerOf(slow);
  reader.pause();
  const text = 'x'.repeat(4_000);
  let isClosed = false;
  for (const [, socket] of io.of('/').sockets) socket.on('disconnect', () => (isClosed = true));
  await until(() => {
    for (let n = 0; n < 50; n += 1) write(text);
    return isClosed;
  }, 50_000);
  reader.resume();
  await until(() => slow.closes.length > 0 && quick.frames.at(-1)?.seq === state.seq);
  expect(slow.closes).toEqual([{ reason: 'transport close', code: 4008 }]);
  const heard = seqs(slow.frames);
  expect(heard).toEqual(heard.map((_, place) => (heard[0] ?? 0) + place));
  expect(heard.at(-1)).toBeLessThan(state.seq);
  expect(quick.closes).toEqual([]);
});

it('closes without a code who is past the limit of the server itself, counts what was lost, and leaves no gap before it', async () => {
  const slow = await open();
  const begun = slow.frames.length;
  const reader = readerOf(slow);
  reader.pause();
  const [socket] = io.of('/').sockets.values();
  const of = {
    ch: 'queue:test',
    epoch: 1,
    kind: 'delta' as const,
    at: new Date().toISOString(),
    data: 'x'.repeat(4_000),
  };
  let sent = 0;
  // Straight to the socket: what no channel looks at.
  await until(() => {
    for (let n = 0; n < 50; n += 1) socket?.emit('frame', { ...of, prev: sent, seq: (sent += 1) });
    return socket?.disconnected === true;
  }, 50_000);
  reader.resume();
  await until(() => slow.closes.length > 0);
  expect(slow.closes).toEqual([{ reason: 'transport close', code: 1006 }]);
  expect((await counted(metrics.dropped))['']).toBeGreaterThan(0);
  const heard = seqs(slow.frames.slice(begun));
  expect(heard).toEqual(heard.map((_, place) => place + 1));
  expect(heard.length).toBeLessThan(sent);
});
