import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deskLease, subjects } from '@deskwire/contracts/subjects';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { comparable, expectedHistories, storedHistories, untilApplied } from './src/desk-history.ts';
import { deskEvents, publishInOrder } from './src/desk-events.ts';
import { holdsMark } from './src/marks.ts';
import { messagesWithMarks } from './src/read-doors.ts';
import { streamMessages } from './src/stream-messages.ts';
import { ticketEvent } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const keepAll = { DESK_REVISIONS_KEPT: '1000000' };

beforeEach(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
});
afterEach(() => world.close());

/** Every ticket's history is what one process that never dies makes of the events, each cause once. */
async function expectHistories(): Promise<number> {
  const { epoch } = await untilApplied(world);
  const stored = await storedHistories(world);
  const expected = expectedHistories(world, await streamMessages(world.nc, 'EVENTS'), epoch);
  expect(comparable(stored)).toEqual(comparable(expected));
  const states = [...stored.values()];
  for (const history of states) expect(history.map(({ version }) => version)).toEqual(history.map((_, i) => i + 1));
  const causes = states.flat().map(({ change }) => JSON.stringify(change.cause));
  expect(new Set(causes).size).toBe(causes.length);
  return causes.length;
}

test('a history with repetitions and late events becomes tickets once, and nothing personal is in the clear', async () => {
  await world.addDesk('desk', keepAll).start();
  const events = deskEvents('plain', 40, 12);
  await publishInOrder(world.nc.jetstream(), events);
  const applied = await expectHistories();
  // The same once more: each event is a repetition.
  await publishInOrder(world.nc.jetstream(), events.slice(0, 200));
  expect(await expectHistories()).toBe(applied);

  const bodies = await streamMessages(world.nc, 'CONVERSATIONS');
  const ids = bodies.map(({ subject, data }) => `${subject} ${Buffer.from(data).toString().slice(0, 60)}`);
  expect(bodies.length).toBeGreaterThan(20);
  expect(new Set(ids).size).toBe(ids.length);
  const jsm = await world.nc.jetstreamManager();
  for (const stream of ['TICKETS', 'CONVERSATIONS', 'KV_customers', 'ALERTS'])
    expect(await messagesWithMarks(jsm, stream)).toEqual([]);
  expect((await streamMessages(world.nc, 'EVENTS')).some(({ data }) => holdsMark(data))).toBe(true);
});

test('a copy that comes when its ticket has forgotten its id is none the less a copy', async () => {
  await world.addDesk('desk', keepAll).start();
  const js = world.nc.jetstream();
  const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 9, n)).toISOString();
  const reply = (n: number) => ({
    ...{ specversion: '1.0', id: `copy-${n}`, source: 'zendesk/acme', type: 'ticket.message', time: minute(n) },
    data: { ticket_id: 'copied', message_id: `m${n}`, author: 'agent', public: true, created_at: minute(n) },
  });
  const events = [ticketEvent('copied'), ...Array.from({ length: 150 }, (_, n) => reply(n))];
  await publishInOrder(js, events);
  await untilApplied(world);
  // Beyond the 64 ids that a ticket remembers, and one new message that is as old.
  await publishInOrder(js, [
    ...events.slice(0, 20),
    { ...reply(3), id: 'new', data: { ...reply(3).data, message_id: 'late' } },
  ]);
  await untilApplied(world);
  const [states = []] = [...(await storedHistories(world)).values()];
  expect(states).toHaveLength(events.length + 1);
  expect(states.at(-1)?.change.at).toBe(minute(3));
}, 120_000);

test('a desk killed again and again in the middle of its work applies each event once', async () => {
  const desk = world.addDesk('desk', { ...keepAll, DESK_LEASE_MS: '300' });
  const events = deskEvents('killed', 60, 30);
  const publishing = publishInOrder(world.nc.jetstream(), events);
  const jsm = await world.nc.jetstreamManager();
  const stored = async () => (await jsm.streams.info('TICKETS')).state.last_seq;
  await desk.start();
  for (let kill = 0; kill < 5; kill++) {
    const before = await stored();
    await expect.poll(stored, { timeout: 30_000, interval: 1 }).toBeGreaterThan(before + 20);
    await desk.kill();
    await desk.start();
  }
  await publishing;
  expect(await expectHistories()).toBeGreaterThan(1_000);
});

test('two desks that both believe in their lease change each ticket once', async () => {
  const env = { ...keepAll, DESK_LEASE_MS: '400' };
  const [one, two] = [world.addDesk('desk-one', env), world.addDesk('desk-two', env)];
  await one.start();
  await two.start();
  const jsm = await world.nc.jetstreamManager();
  const floorSeq = async () => (await jsm.streams.info('TICKETS')).state.last_seq;
  const events = deskEvents('two', 60, 30);
  const publishing = publishInOrder(world.nc.jetstream(), events);
  const leases = await world.nc.jetstream().views.kv('leases', { bindOnly: true });
  const holder = async () => (await leases.get(deskLease))?.string() ?? '';
  for (const [asleep, other] of [
    [one, two],
    [two, one],
    [one, two],
  ] as const) {
    const before = await floorSeq();
    await expect.poll(floorSeq, { timeout: 30_000, interval: 1 }).toBeGreaterThan(before + 20);
    asleep.signal('SIGSTOP');
    await expect.poll(holder, { timeout: 30_000, interval: 5 }).toContain(`/${other.pid()}`);
    const stopped = await floorSeq();
    // The other one has taken over, and the sleeper wakes in the middle of its own window.
    await publishInOrder(world.nc.jetstream(), [ticketEvent(`wake-${stopped}`)]);
    await expect.poll(floorSeq, { timeout: 30_000, interval: 5 }).toBeGreaterThan(stopped + 2);
    asleep.signal('SIGCONT');
  }
  await publishing;
  expect(await expectHistories()).toBeGreaterThan(1_000);
  // Each was put to sleep in the middle of its work, and learnt only afterwards that the other had gone on.
  for (const name of ['desk-one', 'desk-two'])
    expect(readFileSync(join(world.logDir, `${name}.log`), 'utf8')).toContain('the lease is lost');
});

test('10,000 changes to one ticket while ClickHouse is away are all in TICKETS, and stored once each when it is back', async () => {
  await world.addDesk('desk').start();
  const js = world.nc.jetstream();
  await publishInOrder(js, [ticketEvent('first')]);
  await untilApplied(world);
  await world.engine.kill();
  const changes = Array.from({ length: 10_000 }, (_, i) =>
    ticketEvent(`change-${i}`, {
      data: {
        ...{ ticket_id: 'busy', status: i % 2 === 0 ? 'open' : 'pending', created_at: '2026-11-01T09:00:00Z' },
        updated_at: new Date(Date.UTC(2026, 10, 1, 9) + i * 1_000).toISOString(),
      },
    }),
  );
  await publishInOrder(js, changes, 500);
  await untilApplied(world, 60_000);
  const history = (await storedHistories(world)).get(subjects.ticket('zendesk', 'busy'));
  const versions = changes.map((_, i) => i + 1);
  expect(history?.map(({ version }) => version)).toEqual(versions);

  await world.engine.start();
  await untilStored(world, 60_000, 'TICKETS');
  const answer = await world.client.query({
    query: `SELECT version FROM ticket_changes WHERE ticket_id = 'zendesk~busy' ORDER BY version`,
    format: 'JSONEachRow',
  });
  const rows = z.array(z.object({ version: z.number() })).parse(await answer.json());
  expect(rows.map(({ version }) => version)).toEqual(versions);
}, 240_000);
