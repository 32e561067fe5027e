import { runSelfCheck } from '@deskwire/ingest/self-check/run-self-check';
import { readKpiFacts } from '@deskwire/clickhouse/kpi/kpi-facts';
import { subjects } from '@deskwire/contracts/subjects';
import { ticket } from '@deskwire/contracts/ticket';
import { connectNats } from '@deskwire/runtime/nats';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { storedHistories, untilApplied } from './src/desk-history.ts';
import { publishInOrder } from './src/desk-events.ts';
import type { Part } from './src/part.ts';
import { streamMessages } from './src/stream-messages.ts';
import { ticketEvent } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let ingest: Part;
const keepAll = { DESK_REVISIONS_KEPT: '1000000' };

beforeEach(async () => {
  world = await startWorld();
  ingest = world.addWorker('ingest');
  await ingest.start();
});
afterEach(() => world.close());

const change = (ticket_id: string, n: number) =>
  ticketEvent(`${ticket_id}-${n}`, {
    data: {
      ...{ ticket_id, status: n % 2 === 0 ? 'open' : 'pending', created_at: '2026-11-01T09:00:00Z' },
      updated_at: new Date(Date.UTC(2026, 10, 1, 9) + n * 1_000).toISOString(),
    },
  });
const changes = (ticket_id: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => change(ticket_id, from + i));

async function versionsOf(ticketId: string): Promise<number[]> {
  const history = (await storedHistories(world)).get(subjects.ticket('zendesk', ticketId)) ?? [];
  return history.map(({ version }) => version);
}
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test('an event that cannot be applied holds back its ticket alone, and the floor', async () => {
  const js = world.nc.jetstream();
  const jsm = await world.nc.jetstreamManager();
  const desk = world.addDesk('desk', keepAll);
  const broken = subjects.ticket('zendesk', 'broken');
  const asDesk = await connectNats(world.natsLoginOf('workflows'), 'workflows');
  const { seq } = await asDesk.jetstream().publish(broken, '{"not":"a ticket"}');
  await asDesk.close();
  await publishInOrder(js, [change('fine', 0), change('broken', 0), change('fine', 1), change('broken', 1)], 1);
  await desk.start();
  await publishInOrder(js, changes('fine', 2, 50));
  const fine = () => jsm.streams.getMessage('TICKETS', { last_by_subj: subjects.ticket('zendesk', 'fine') });
  await expect.poll(async () => ticket.parse((await fine()).json()).version, { timeout: 20_000 }).toBe(50);
  expect(ticket.parse((await fine()).json()).floor.seq).toBe(1);
  const alerts = await streamMessages(world.nc, 'ALERTS');
  expect(alerts.filter(({ subject }) => subject === subjects.alert('critical', 'desk'))).toHaveLength(1);

  // Mended by hand: both of its events are applied, in order, and the floor goes on.
  await jsm.streams.deleteMessage('TICKETS', seq);
  expect((await untilApplied(world)).seq).toBe(52);
  expect(await versionsOf('broken')).toEqual([1, 2]);
  expect(await versionsOf('fine')).toEqual(upTo(50));
});

test('a message that comes before its ticket is measured when the ticket is known', async () => {
  await world.addDesk('desk', keepAll).start();
  const time = '2026-11-01T10:00:00Z';
  const message = { ticket_id: 'early', message_id: 'm1', author: 'agent', public: true, body: 'hello' };
  await publishInOrder(
    world.nc.jetstream(),
    [
      { ...ticketEvent('early-message'), type: 'ticket.message', data: { ...message, created_at: time } },
      change('early', 0),
    ],
    1,
  );
  await untilApplied(world);
  const [first, second] = (await storedHistories(world)).get(subjects.ticket('zendesk', 'early')) ?? [];
  expect(first).toMatchObject({ version: 1, known: false, change: { kind: 'message', created: false } });
  expect(second).toMatchObject({ version: 2, known: true, clock: { first_reply_at: new Date(time).toISOString() } });
  expect(await streamMessages(world.nc, 'CONVERSATIONS')).toHaveLength(1);
});

test('a message that comes too late is told of every figure that it would have moved, whichever range that counts in', async () => {
  await world.addDesk('desk', keepAll).start();
  const time = (day: number, clock: string) => `2026-11-0${day}T${clock}:00Z`;
  const message = (id: string, author: string, at: string) => ({
    ...{ ...ticketEvent(`waited-${id}`), type: 'ticket.message' },
    data: { ticket_id: 'waited', message_id: id, author, public: true, created_at: at },
  });
  const opened = {
    ...{ ticket_id: 'waited', status: 'open', created_at: time(1, '09:00'), updated_at: time(1, '09:00') },
  };
  const asked = message('asked', 'customer', time(2, '00:10'));
  const replies = [message('first', 'agent', time(1, '10:00')), message('next', 'agent', time(2, '00:30'))];
  const earlier = message('earlier', 'customer', time(1, '23:50'));
  await publishInOrder(world.nc.jetstream(), [ticketEvent('waited', { data: opened }), asked, ...replies, earlier], 1);
  await untilApplied(world);
  await untilStored(world, 45_000, 'TICKETS');
  const lateIn = async (from: string, to: string) =>
    (await readKpiFacts(world.client, { from: Date.parse(from), to: Date.parse(to) })).late;
  // It came on the first of November, and the wait that it began earlier ended on the second.
  expect(await lateIn(time(2, '00:00'), time(3, '00:00'))).toBe(1);
  expect(await lateIn(time(2, '00:31'), time(3, '00:00'))).toBe(0);
  expect(await lateIn(time(1, '00:00'), time(1, '23:50'))).toBe(0);
});

test('EVENTS made again begins a new epoch, of which no event is skipped', async () => {
  const js = world.nc.jetstream();
  const jsm = await world.nc.jetstreamManager();
  await world.addDesk('desk', keepAll).start();
  await publishInOrder(js, changes('again', 0, 30));
  const before = await untilApplied(world);
  await untilStored(world);
  await jsm.streams.delete('EVENTS');
  await world.provision();
  await publishInOrder(js, changes('again', 30, 40));
  await expect.poll(async () => (await untilApplied(world)).epoch, { timeout: 40_000 }).toBeGreaterThan(before.epoch);
  const history = (await storedHistories(world)).get(subjects.ticket('zendesk', 'again')) ?? [];
  expect(history.map(({ version }) => version)).toEqual(upTo(40));
  expect(new Set(history.slice(30).map(({ change: { cause } }) => cause?.epoch)).size).toBe(1);
  expect(history.at(-1)?.change.cause?.epoch).toBeGreaterThan(before.epoch);
});

test('a desk that starts while ClickHouse is away reads on where it stopped', async () => {
  const js = world.nc.jetstream();
  const desk = world.addDesk('desk', { ...keepAll, DESK_LEASE_MS: '300' });
  await desk.start();
  await publishInOrder(js, changes('away', 0, 20));
  await untilApplied(world);
  await untilStored(world);
  await desk.kill();
  await world.engine.kill();
  await publishInOrder(js, changes('away', 20, 40));
  await desk.start();
  await untilApplied(world);
  expect(await versionsOf('away')).toEqual(upTo(40));
});

test('compaction keeps every revision that ClickHouse has not committed, and the newest of each ticket', async () => {
  const js = world.nc.jetstream();
  await world.addDesk('desk', { DESK_REVISIONS_KEPT: '3' }).start();
  await publishInOrder(js, changes('old', 0, 20));
  await untilApplied(world);
  const soon = { timeout: 20_000 };
  await expect.poll(() => versionsOf('old'), soon).toEqual([20]);

  await ingest.stop();
  await publishInOrder(js, [...changes('old', 20, 30), ...changes('busy', 0, 20)]);
  await untilApplied(world);
  // The ticket of before went on and is looked at in the same rounds: what could go has gone.
  const purged = async () => (await (await world.nc.jetstreamManager()).streams.info('TICKETS')).state.num_deleted;
  const before = await purged();
  await publishInOrder(js, changes('other', 0, 20));
  await untilApplied(world);
  expect(await versionsOf('old')).toEqual(upTo(30).slice(19));
  expect(await versionsOf('busy')).toEqual(upTo(20));
  expect(await versionsOf('other')).toEqual(upTo(20));
  expect(await purged()).toBe(before);

  await ingest.start();
  await expect.poll(() => versionsOf('busy'), soon).toEqual([20]);
  await expect.poll(() => versionsOf('other'), soon).toEqual([20]);
  await expect.poll(() => versionsOf('old'), soon).toEqual([30]);
  const holes = await world.client.query({
    query: `SELECT uniqExact(seq) AS rows, max(seq) - min(seq) + 1 AS positions FROM ticket_changes WHERE epoch = (SELECT max(epoch) FROM ticket_changes)`,
    format: 'JSONEachRow',
  });
  const [{ rows, positions }] = z
    .tuple([z.object({ rows: z.number(), positions: z.number() })])
    .parse(await holes.json());
  expect(rows).toBe(positions);
});

test('a full TICKETS is made room in, and no change is lost', async () => {
  const jsm = await world.nc.jetstreamManager();
  const { config } = await jsm.streams.info('TICKETS');
  await jsm.streams.update('TICKETS', { ...config, max_bytes: 2 * 2 ** 20 });
  await world.addDesk('desk', keepAll).start();
  const [tickets, revisions] = [20, 200];
  const ids = Array.from({ length: tickets }, (_, n) => `full-${n}`);
  const all = Array.from({ length: revisions }, (_, n) => ids.map((id) => change(id, n))).flat();
  await publishInOrder(world.nc.jetstream(), all, 200);
  await untilApplied(world, 60_000);
  await untilStored(world, 30_000, 'TICKETS');
  const { state } = await jsm.streams.info('TICKETS');
  expect(state.last_seq - state.messages).toBeGreaterThan((tickets * revisions) / 4);
  const stored = await world.client.query({
    query: `SELECT ticket_id, groupArray(version) AS versions FROM (SELECT ticket_id, version FROM ticket_changes WHERE ticket_id != '' ORDER BY ticket_id, version) GROUP BY ticket_id`,
    format: 'JSONEachRow',
  });
  const found = z.array(z.object({ ticket_id: z.string(), versions: z.array(z.number()) })).parse(await stored.json());
  expect(found).toHaveLength(tickets);
  for (const { versions } of found) expect(versions).toEqual(upTo(revisions));
});

test('an event with the id of one of another ticket is a duplicate in the ledger and on the desk, and the source is named', async () => {
  await world.addDesk('desk', keepAll).start();
  const named = (event: ReturnType<typeof change>, id: string) => ({ ...event, id });
  // As from an integration that numbers the events of each ticket from 1.
  const events = ['one', 'two'].flatMap((ticket) => changes(ticket, 0, 3).map((event, n) => named(event, String(n))));
  await publishInOrder(world.nc.jetstream(), [...events, change('two', 3)], 1);
  await untilApplied(world);
  await untilStored(world);
  await untilStored(world, 45_000, 'TICKETS');
  expect(await versionsOf('one')).toEqual([1, 2, 3]);
  expect(await versionsOf('two')).toEqual([1]);
  expect((await world.flow()).totals).toMatchObject({ received: 7, accepted: 4, duplicate: 3 });
  const jsm = await world.nc.jetstreamManager();
  const told = await streamMessages(world.nc, 'ALERTS');
  const warnings = told.filter(({ subject }) => subject === subjects.alert('warning', 'desk'));
  expect(warnings).toHaveLength(1);
  expect(Buffer.from(warnings[0]?.data ?? '').toString()).toContain('position 4 of EVENTS has the id of another event');
  const doors = { client: world.client, js: world.nc.jetstream(), jsm, now: Date.now };
  expect((await runSelfCheck(doors, AbortSignal.timeout(60_000))).findings).toEqual([]);
});
