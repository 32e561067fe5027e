import { alert } from '@deskwire/contracts/alert';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { linesOf } from '@deskwire/ingest/self-check/finding';
import { runSelfCheck } from '@deskwire/ingest/self-check/run-self-check';
import { histories, type TicketEnvelope } from '@deskwire/workflows/state/testing/histories';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { deskEvents, publishInOrder } from './src/desk-events.ts';
import { expectedHistories, untilApplied } from './src/desk-history.ts';
import { keepStream } from './src/keep-stream.ts';
import { expectModelled, publishHistory, rename } from './src/modelled-figures.ts';
import type { Part } from './src/part.ts';
import { createStatementGate, type StatementGate, type Trap } from './src/statement-gate.ts';
import { streamMessages } from './src/stream-messages.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

const zone = 'UTC';
/** TEST_SEED makes other histories. */
const seed = Number(process.env['TEST_SEED'] ?? 7);
const all = fc
  .sample(histories, { numRuns: 3, seed })
  .filter(({ length }) => length > 2)
  .map((history, run) => rename(history, String(run)));
const part = (nth: number) =>
  all.flatMap((history) => history.slice((nth * history.length) / 3, ((nth + 1) * history.length) / 3));

let world: World;
let gate: StatementGate;
let worker: Part;
let desk: Part;
const patience = { timeout: 40_000, interval: 100 };

beforeAll(async () => {
  world = await startWorld();
  gate = await createStatementGate(world.clickhouse.CLICKHOUSE_URL);
  const clickhouse = { ...world.clickhouse, CLICKHOUSE_URL: gate.url };
  worker = world.addWorker('ingest', { clickhouse, env: { INGEST_LEASE_MS: '500' } });
  desk = world.addDesk('desk', { DESK_REVISIONS_KEPT: '5', DESK_LEASE_MS: '500' });
  await Promise.all([worker.start(), desk.start()]);
});
afterAll(async () => {
  await world.close();
  gate.close();
});

async function rows<Row extends z.ZodType>(query: string, row: Row): Promise<z.output<Row>[]> {
  const answer = await world.client.query({ query, format: 'JSONEachRow' });
  return z.array(row).parse(await answer.json());
}

async function untilCounted(): Promise<void> {
  await untilApplied(world);
  await untilStored(world, 45_000, streams.tickets);
}

async function say(history: TicketEnvelope[]): Promise<void> {
  await publishHistory(world, history);
  await untilCounted();
}

const changeName = (id: string, version: number, cause: { seq: number; idx: number } | null) =>
  `${id} ${version} by ${cause?.seq}.${cause?.idx}`;

/** Every change of what was published so far is stored, none twice: in rows, current rows, ledger and projections. */
async function expectRight(): Promise<void> {
  const { epoch } = await untilApplied(world);
  const histories = expectedHistories(world, await streamMessages(world.nc, streams.events), epoch);
  const expected = new Set(
    [...histories.values()].flat().map(({ id, version, change: { cause } }) => changeName(id, version, cause)),
  );
  const stored = await rows(
    "SELECT ticket_id, version, cause_seq AS seq, cause_idx AS idx FROM ticket_changes WHERE kind != 'floor'",
    z.object({ ticket_id: z.string(), version: z.number(), seq: z.number(), idx: z.number() }),
  );
  const names = stored.map(({ ticket_id, version, ...cause }) => changeName(ticket_id, version, cause));
  const found = new Set(names);
  expect({
    missing: [...expected].filter((n) => !found.has(n)).length,
    unknown: [...found].filter((n) => !expected.has(n)).length,
    twice: names.length - found.size,
  }).toEqual({ missing: 0, unknown: 0, twice: 0 });
  const jsm = await world.nc.jetstreamManager();
  const doors = { client: world.client, js: world.nc.jetstream(), jsm, now: Date.now };
  expect(linesOf(await runSelfCheck(doors, AbortSignal.timeout(30_000)))).toEqual([]);
}

const withdrawn = () =>
  rows(
    'SELECT epoch, from_seq, to_seq, messages, is_done FROM withdrawals FINAL ORDER BY began_at',
    z.object({
      epoch: z.number(),
      from_seq: z.number(),
      to_seq: z.number(),
      messages: z.number(),
      is_done: z.number(),
    }),
  );
const lastSeq = async () => (await (await world.nc.jetstreamManager()).streams.info(streams.tickets)).state.last_seq;
const lastAlert = async () => {
  const jsm = await world.nc.jetstreamManager();
  const told = await jsm.streams.getMessage(streams.alerts, { last_by_subj: subjects.alert('warning', 'ingest') });
  return alert.parse(told.json());
};

/** Starts the worker, and kills it when it comes to that moment of a statement. */
async function dieAt(text: string, moment: Trap['moment']): Promise<void> {
  const sprung = gate.arm({ text, moment, strike: () => worker.kill() });
  void worker.start().catch(() => undefined); // It may be killed before it says that it is ready.
  await sprung;
}

let putBackOlder: () => Promise<void>;

test('changes that TICKETS lost with its end are withdrawn once and made again, whoever dies at any step', async () => {
  await say(part(0));
  putBackOlder = await keepStream(world, streams.tickets);
  await say(part(1));
  const kept = await lastSeq();
  const putBack = await keepStream(world, streams.tickets);
  await say(part(2));
  await worker.kill();
  await desk.stop();
  const lost = await lastSeq();
  await putBack();

  await dieAt('INSERT INTO withdrawals', 'before');
  expect(await withdrawn()).toEqual([]);
  await dieAt('INSERT INTO withdrawals', 'after');
  for (const table of ['tickets', 'gaps', 'ticket_changes']) {
    await dieAt(`ALTER TABLE ${table} DELETE`, 'before');
    await dieAt(`ALTER TABLE ${table} DELETE`, 'after');
  }
  await dieAt('"is_done":1', 'before');
  expect(await withdrawn()).toMatchObject([{ from_seq: kept + 1, to_seq: lost, messages: lost - kept, is_done: 0 }]);
  await dieAt('"is_done":1', 'after');
  expect(await rows('SELECT max(seq) AS seq FROM ticket_changes', z.object({ seq: z.number() }))).toEqual([
    { seq: kept },
  ]);

  const [last] = await rows('SELECT max(epoch) AS epoch FROM ticket_changes', z.object({ epoch: z.number() }));
  await desk.start();
  await untilApplied(world);
  await dieAt('INSERT INTO ticket_changes', 'before');
  await worker.start();
  await untilCounted();
  await expectRight();
  for (const history of all) await expectModelled(world, history, zone);
  expect(await withdrawn()).toMatchObject([{ messages: lost - kept, is_done: 1 }]);
  const flow = (await world.flow()).streams.find(({ stream }) => stream === streams.tickets);
  expect(flow?.epoch).toBeGreaterThan(last?.epoch ?? Infinity);
  const { title, detail } = await lastAlert();
  expect(title).toBe('TICKETS has lost its end: what it said is withdrawn and made again');
  expect(detail).toContain(`Their ${lost - kept} messages are withdrawn`);
}, 240_000);

test('an end that goes back into an epoch before is withdrawn from both, with engine and worker killed while rows go', async () => {
  await world.client.command({ query: 'SYSTEM STOP MERGES ticket_changes' });
  await desk.stop();
  await putBackOlder();
  const kept = await lastSeq();
  const isRemoving = async () =>
    (await rows("SELECT 1 FROM system.mutations WHERE table = 'ticket_changes' AND NOT is_done", z.unknown())).length >
    0;
  await expect.poll(isRemoving, patience).toBe(true);
  await Promise.all([world.engine.kill(), worker.kill()]);
  await Promise.all([world.engine.start(), worker.start()]);
  await expect.poll(async () => (await withdrawn()).map(({ is_done }) => is_done), patience).toEqual([1, 1]);
  expect(await rows('SELECT max(seq) AS seq FROM ticket_changes', z.object({ seq: z.number() }))).toEqual([
    { seq: kept },
  ]);
  await desk.start();
  await untilCounted();
  await expectRight();
}, 240_000);

test('a desk that is at work while TICKETS loses its end applies everything again, and nothing twice', async () => {
  await desk.stop();
  const putBack = await keepStream(world, streams.tickets);
  const kept = await lastSeq();
  await publishInOrder(world.nc.jetstream(), deskEvents('busy', 100, 60), 500);
  await desk.start();
  await expect.poll(lastSeq, { ...patience, interval: 10 }).toBeGreaterThan(kept + 500);
  await putBack();
  await untilCounted();
  await expectRight();
}, 240_000);
