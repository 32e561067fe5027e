import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kpiFrame, type KpiFrame } from '@deskwire/contracts/kpi';
import { frame as frameSchema, hubHeartbeat, subscribeAck, type Frame } from '@deskwire/contracts/hub-protocol';
import type { Role } from '@deskwire/contracts/roles';
import type { NatsConnection } from 'nats';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { createTokenStore } from '../token-store.ts';

/** A bearer token, made as the command makes it. */
export async function makeToken(operator: NatsConnection, role: Role, teams: string[] = []) {
  const users = await operator.jetstream().views.kv('users');
  const store = createTokenStore(users, {
    randomId: () => randomBytes(6).toString('hex'),
    randomSecret: () => randomBytes(32).toString('base64url'),
    now: Date.now,
  });
  const { token, record } = await store.add({ role, name: 'Test', teams });
  return { token, id: record.id, revoke: () => store.revoke(record.id) };
}

/** A program at the hub: what it heard, and how to ask. */
export function openClient(url: string, token: string, extraHeaders: Record<string, string> = {}) {
  const options = { transports: ['websocket'], forceNew: true, reconnection: false };
  const socket: Socket = io(url, { ...options, auth: { token }, extraHeaders });
  const frames: Frame[] = [];
  const beats: z.infer<typeof hubHeartbeat>[] = [];
  socket.on('frame', (message) => frames.push(frameSchema.parse(message)));
  socket.on('heartbeat', (message) => beats.push(hubHeartbeat.parse(message)));
  const ask = async (event: 'subscribe' | 'unsubscribe', message: unknown) =>
    subscribeAck.parse(await socket.timeout(10_000).emitWithAck(event, message));
  /** 'ok', or the code of the refusal. */
  const subscribe = async (ch: string, from: { epoch?: Frame['epoch']; seq?: number } = {}) => {
    const answer = await ask('subscribe', { ch, ...from });
    return answer.ok ? 'ok' : answer.error.code;
  };
  return {
    ...{ socket, frames, beats, ask, subscribe },
    /** Asks until it is served, as a page does: a busy machine may take long for the first figures. */
    join: (ch: string) => until(async () => (await subscribe(ch)) === 'ok', 60_000),
    last: (ch: string): KpiFrame | undefined => {
      const found = frames.findLast((frame) => frame.ch === ch);
      return found === undefined ? undefined : kpiFrame.parse(found.data);
    },
  };
}
export type TestClient = ReturnType<typeof openClient>;

/** How a sign-in ends: 'connected', the code of the refusal, or 'no-handshake'. */
export function outcome(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('connect', () => resolve('connected'));
    socket.on('connect_error', (error) => {
      const refused = z.object({ data: z.object({ code: z.string() }) }).safeParse(error);
      resolve(refused.success ? refused.data.data.code : 'no-handshake');
    });
  });
}

/** Waits until something is so; throws when it is not in time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('it did not come true in time');
    await sleep(20);
  }
}

/** One figure of a hub's `/metrics`: of those with one label, e.g. `{ reason: 'expired' }`, or of all labels together. */
export async function metric(hubUrl: string, name: string, only: Record<string, string> = {}): Promise<number> {
  const text = await (await fetch(`${hubUrl}/metrics`)).text();
  const lines = text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm'));
  const wanted = Object.entries(only).map(([label, value]) => `${label}="${value}"`);
  const counts = (labels: string) => wanted.every((label) => labels.includes(label));
  return [...lines].reduce((sum, [, labels = '', value]) => sum + (counts(labels) ? Number(value) : 0), 0);
}
