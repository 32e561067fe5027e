import { randomBytes } from 'node:crypto';
import { personKey, type KeptPerson } from '@deskwire/contracts/person';
import { sha256Hex } from '@deskwire/contracts/secret';
import { hubPassesKey, sessionKey } from '@deskwire/contracts/session';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDeskLedger } from './testing/start-desk-ledger.ts';
import { startHub, type RunningHub } from './testing/start-hub.ts';
import { tapWire } from './testing/tap-wire.ts';
import { makeToken, openClient, until } from './testing/test-client.ts';

const boundMs = 1_000;
const origin = 'http://127.0.0.1:3000';
const iso = (inMs: number) => new Date(Date.now() + inMs).toISOString();
let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startDeskLedger>>;
let operator: NatsConnection;
let hub: RunningHub;

beforeAll(async () => {
  nats = await startNats();
  ledger = await startDeskLedger(nats);
  operator = await connectNats(nats.env('operator'), 'operator');
  await ledger.open('billing', 3);
  hub = await startHub({ ...nats.env('hub'), ...ledger.env });
}, 120_000);
afterAll(async () => {
  await operator.close();
  await hub.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

/** A person signed in as the web server does it; what ends that resolves when NATS has acknowledged it. */
async function signIn() {
  const js = operator.jetstream();
  const [users, sessions] = await Promise.all([js.views.kv('users'), js.views.kv('sessions')]);
  const id = `p${randomBytes(8).toString('hex').slice(0, 15)}`;
  const of = { id, email: `${id}@example.com`, name: 'Ana', teams: [], generation: 1, created_at: iso(0) };
  const keep = (role: KeptPerson['role']) => users.put(personKey(id), JSON.stringify({ ...of, role }));
  await keep('analyst');
  const [name, secret] = [sha256Hex(randomBytes(25).toString('hex')), randomBytes(32).toString('base64url')];
  const record = { person_id: id, generation: 1, device: '', created_at: iso(0), expires_at: iso(600_000) };
  await sessions.put(sessionKey(name), JSON.stringify(record));
  const pass = { secret_sha256: sha256Hex(secret), expires_at: iso(60_000) };
  await sessions.put(hubPassesKey(name), JSON.stringify([pass]));
  return { token: `hp_${name}_${secret}`, keep, endSession: () => sessions.delete(sessionKey(name)) };
}

it.each([
  [
    'its token is revoked',
    async () => {
      const { token, revoke } = await makeToken(operator, 'analyst');
      return { token, end: revoke };
    },
  ],
  [
    'the role of its person changes',
    async () => {
      const { token, keep } = await signIn();
      return { token, end: () => keep('agent') };
    },
  ],
  [
    'its session ends',
    async () => {
      const { token, endSession } = await signIn();
      return { token, end: endSession };
    },
  ],
])('sends a socket nothing more a second after %s, while frames go on to others', async (_, prepare) => {
  const { token, end } = await prepare();
  const tap = await tapWire(hub.url);
  const cut = openClient(tap.url, token, { origin });
  const other = openClient(hub.url, (await makeToken(operator, 'analyst')).token);
  const committing = setInterval(ledger.commit, 20);
  try {
    await Promise.all([cut.join('kpi:all'), other.join('kpi:all')]);
    const begun = cut.frames.length;
    await until(() => cut.frames.length >= begun + 3, 30_000);

    await end();
    const acknowledgedAt = performance.now();
    await until(() => performance.now() > acknowledgedAt + boundMs, 10_000);
    // Frames that the cut one would have heard.
    const heard = other.frames.length;
    await until(() => other.frames.length >= heard + 5, 30_000);

    const endedAt = tap.endedAt() ?? Infinity;
    expect(endedAt - acknowledgedAt).toBeLessThan(boundMs);
    expect(tap.sent.length).toBeGreaterThan(3);
    expect(tap.sent.filter(({ at }) => at > Math.min(endedAt, acknowledgedAt + boundMs))).toEqual([]);
    expect(cut.socket.connected).toBe(false);
  } finally {
    clearInterval(committing);
    for (const { socket } of [cut, other]) socket.disconnect();
    tap.close();
  }
});
