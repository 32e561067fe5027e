import { alert } from '@deskwire/contracts/alert';
import { createLog } from '@deskwire/runtime/log';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchStreamFill, type StreamFill } from './stream-fill.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is told in so many rounds, each with its number. */
async function toldIn(rounds: number, read: (round: number) => StreamFill[]) {
  const told: { round: number; subject: string; title: string; detail: string }[] = [];
  let round = 0;
  const watch = watchStreamFill({
    read: () => Promise.resolve(read(++round)),
    publish: (subject, body) => {
      told.push({ round, subject, ...alert.parse(JSON.parse(body)) });
      return Promise.resolve();
    },
    everyMs: 1_000,
    now: () => 0,
    log: createLog('test', 'silent'),
  });
  await vi.advanceTimersByTimeAsync((rounds - 1) * 1_000);
  watch.stop();
  return told;
}

it('tells once that a stream is four fifths full, and again only after it was calm', async () => {
  const shares = [0.5, 0.79, 0.8, 0.95, 0.75, 0.85, 0.6, 0.81];
  const told = await toldIn(shares.length, (round) => [
    { stream: 'EVENTS', bytes: (shares[round - 1] ?? 0) * 1_000, maxBytes: 1_000 },
  ]);
  expect(told.map(({ round, title }) => `${round} ${title}`)).toEqual([
    '3 Stream EVENTS is 80 % full',
    '8 Stream EVENTS is 81 % full',
  ]);
});

it('says of each stream who waits when it is full, and what to do', async () => {
  const full = (stream: string) => ({ stream, bytes: 800, maxBytes: 1_000 });
  const told = await toldIn(2, () => [
    ...['KV_keys', 'KV_customers', 'CONVERSATIONS', 'KV_users', 'EVENTS'].map(full),
    { stream: 'TICKETS', bytes: 799, maxBytes: 1_000 },
  ]);
  expect(told.map(({ subject, title }) => `${subject}: ${title}`)).toEqual(
    ['KV_keys', 'KV_customers', 'CONVERSATIONS', 'KV_users', 'EVENTS'].map(
      (name) => `alerts.warning.broker: Stream ${name} is 80 % full`,
    ),
  );
  const [keys = '', customers = '', conversations = '', users = '', events = ''] = told.map(({ detail }) => detail);
  expect(keys).toMatch(/^When it is full ingest and the desk wait/);
  for (const detail of [customers, conversations]) expect(detail).toMatch(/^When it is full the desk waits/);
  expect(users).toMatch(/^When it is full it refuses/);
  for (const detail of [keys, customers, conversations, users]) {
    expect(detail).toContain('what waits is not lost');
    expect(detail).toContain('give the disk more, and the limit follows within seconds');
    expect(detail).toContain('raise JETSTREAM_BUDGET_GIB');
  }
  expect(events).toContain('refuses publishers until messages expire');
});

it('goes on when the broker does not answer', async () => {
  let asked = 0;
  await toldIn(4, () => {
    asked += 1;
    throw new Error('away');
  });
  expect(asked).toBe(4);
});
