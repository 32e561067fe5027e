import { streams } from '@deskwire/contracts/subjects';
import type { JetStreamManager } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Part } from './src/part.ts';
import { keepStream } from './src/keep-stream.ts';
import { acceptedOf, ledgerRows } from './src/ledger-rows.ts';
import { createStatementGate, type StatementGate } from './src/statement-gate.ts';
import { publishTickets } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let gate: StatementGate;
let worker: Part;
let jsm: JetStreamManager;
const patience = { timeout: 40_000, interval: 100 };

beforeAll(async () => {
  world = await startWorld();
  jsm = await world.nc.jetstreamManager();
  // Parts stay as they were written, so that one of them can be lost.
  await world.client.command({ query: 'SYSTEM STOP MERGES' });
  gate = await createStatementGate(world.clickhouse.CLICKHOUSE_URL);
  const clickhouse = { ...world.clickhouse, CLICKHOUSE_URL: gate.url };
  worker = world.addWorker('ingest', { clickhouse, env: { INGEST_LEASE_MS: '1000' } });
  await worker.start();
});
afterAll(async () => {
  await world.close();
  gate.close();
});

const publish = (label: string, count: number) => publishTickets(world.nc.jetstream(), label, count);
const gaps = async () => (await world.flow()).gaps.map(({ fromSeq, toSeq, reason }) => [fromSeq, toSeq, reason]);
const parts = z.array(z.object({ part: z.string(), first: z.number(), last: z.number() }));

/** Loses the part that holds this position of the newest epoch, or of one before it, as a broken disk would. Answers its positions. */
async function losePart(seq: number, epoch?: number): Promise<{ first: number; last: number }> {
  const answer = await world.client.query({
    query: `SELECT _part AS part, min(seq) AS first, max(seq) AS last FROM events
      WHERE epoch = ${epoch ?? '(SELECT max(epoch) FROM events)'} GROUP BY _part ORDER BY first`,
    format: 'JSONEachRow',
  });
  const found = parts.parse(await answer.json()).find(({ first, last }) => first <= seq && seq <= last);
  if (found === undefined) throw new Error(`no part holds position ${seq}`);
  await world.client.command({ query: `ALTER TABLE events DROP PART '${found.part}'` });
  return found;
}

/** Three batches, each a part of its own. */
async function storeThree(label: string): Promise<number> {
  let middle = 0;
  for (const batch of ['a', 'b', 'c']) {
    const acks = await publish(`${label}-${batch}`, 20);
    await untilStored(world);
    if (batch === 'b') middle = acks[10]?.seq ?? 0;
  }
  return middle;
}

test('a lost part in the middle of the table is read again from the stream', async () => {
  const middle = await storeThree('part');
  await worker.kill();
  await losePart(middle);
  expect(await world.flow()).toMatchObject({ state: 'incomplete', totals: { balanced: false } });
  await worker.start();
  await expect.poll(() => acceptedOf(world.client, 'part'), patience).toBe(60);
  expect(await untilStored(world)).toMatchObject({ state: 'complete', totals: { accepted: 60, balanced: true } });
  expect(await gaps()).toEqual([]);
});

test('a lost part at the end takes its position with it, and is read again', async () => {
  const middle = await storeThree('end');
  const { last_seq: lastSeq } = (await jsm.streams.info(streams.events)).state;
  await worker.kill();
  await losePart(lastSeq);
  await losePart(middle);
  await worker.start();
  await expect.poll(() => acceptedOf(world.client, 'end'), patience).toBe(60);
  expect(await untilStored(world)).toMatchObject({ state: 'complete', totals: { balanced: true } });
});

test('the first part of all is read again too: what is left of an epoch does not say where it began', async () => {
  const before = await untilStored(world);
  await worker.kill();
  const { first, last } = await losePart(1);
  expect(first).toBe(1);
  const [ledger] = (await world.flow()).streams;
  expect([ledger?.balanced, ledger?.missing]).toEqual([false, last]);
  await worker.start();
  await expect.poll(async () => (await world.flow()).totals, patience).toEqual(before.totals);
  expect(await untilStored(world)).toMatchObject({ state: 'complete' });
  expect(await gaps()).toEqual([]);
});

test('messages that were deleted or expired before they were read are gaps, permanent and visible', async () => {
  await worker.kill();
  const acks = await publish('gone', 10);
  const [first = 0, last = 0] = [acks[0]?.seq, acks[9]?.seq];
  await jsm.streams.deleteMessage(streams.events, first + 3);
  await jsm.streams.deleteMessage(streams.events, first + 4);
  await worker.start();
  await expect.poll(() => acceptedOf(world.client, 'gone'), patience).toBe(8);
  expect(await gaps()).toEqual([[first + 3, first + 4, 'deleted']]);
  // What was lost arrived between the messages beside it, whenever that was found.
  const arrivalOf = async (seq: number) =>
    Date.parse((await jsm.streams.getMessage(streams.events, { seq })).timestamp);
  const [deleted] = (await world.flow()).gaps;
  expect(Date.parse(deleted?.arrivedAfter ?? '')).toBe(await arrivalOf(first + 2));
  expect(Date.parse(deleted?.arrivedBefore ?? '')).toBe(await arrivalOf(first + 5));

  await worker.kill();
  await publish('expired', 10);
  await jsm.streams.purge(streams.events, { seq: last + 7 });
  await worker.start();
  await expect.poll(() => acceptedOf(world.client, 'expired'), patience).toBe(4);
  const both = [
    [first + 3, first + 4, 'deleted'],
    [last + 1, last + 6, 'retention'],
  ];
  expect(await gaps()).toEqual(both);
  expect(await untilStored(world)).toMatchObject({ state: 'incomplete', totals: { balanced: true } });
  await worker.kill();
  await worker.start();
  await publish('later', 1);
  await expect.poll(() => acceptedOf(world.client, 'later'), patience).toBe(1);
  expect(await gaps()).toEqual(both);
});

test('messages at the end of the stream that are gone are a gap too', async () => {
  await worker.kill();
  const acks = await publish('tail', 5);
  await jsm.streams.purge(streams.events);
  await worker.start();
  const range = [acks[0]?.seq, acks[4]?.seq, 'retention'];
  await expect.poll(gaps, patience).toContainEqual(range);
  await publish('behind', 5);
  await expect.poll(() => acceptedOf(world.client, 'behind'), patience).toBe(5);
});

test('a gap whose batch was never stored hides nothing before it, and is recorded once when it has grown', async () => {
  await untilStored(world);
  await worker.kill();
  const seqs = (await publish('torn', 5)).map(({ seq }) => seq);
  const [first = 0] = seqs;
  const remove = (...some: number[]) =>
    Promise.all(some.map((nth) => jsm.streams.deleteMessage(streams.events, first + nth)));
  await remove(2, 3);
  const sprung = gate.arm({ text: 'INSERT INTO events', moment: 'before', strike: () => worker.kill() });
  await worker.start();
  await sprung;
  expect(await gaps()).toContainEqual([first + 2, first + 3, 'deleted']);
  const [ledger] = (await world.flow()).streams;
  expect(ledger).toMatchObject({ committedSeq: first - 1, lagMessages: 5, balanced: true });
  await remove(1);
  await worker.start();
  await expect.poll(() => acceptedOf(world.client, 'torn'), patience).toBe(2);
  expect((await untilStored(world)).streams[0]).toMatchObject({ balanced: true, missing: 0 });
  expect((await gaps()).slice(-2)).toEqual([
    [first + 1, first + 1, 'deleted'],
    [first + 2, first + 3, 'deleted'],
  ]);
});

test('a stream that is deleted and made again under the running worker is read from its beginning', async () => {
  const before = await untilStored(world);
  await jsm.streams.delete(streams.events);
  await world.provision();
  await publish('again', 30);
  await expect.poll(() => acceptedOf(world.client, 'again'), patience).toBe(30);
  const rows = await ledgerRows(world.client, `startsWith(id, 'again-')`);
  expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(new Set(rows.map(({ epoch }) => epoch)).size).toBe(1);
  expect(rows[0]?.epoch).toBeGreaterThan(before.streams[0]?.epoch ?? 0);
  expect((await world.flow()).totals.balanced).toBe(true);
  expect(worker.isRunning()).toBe(true);
});

test('a stream that is made again while a session looks for its place in it is not read from the middle', async () => {
  const before = await untilStored(world);
  await worker.kill();
  const sprung = gate.arm({
    text: '-- stream-tips',
    moment: 'meanwhile',
    strike: async () => {
      await jsm.streams.delete(streams.events);
      await world.provision();
      await publish('unseen', 40);
    },
  });
  await worker.start();
  await sprung;
  await expect.poll(() => acceptedOf(world.client, 'unseen'), patience).toBe(40);
  expect((await untilStored(world)).streams[0]?.epoch).toBeGreaterThan(before.streams[0]?.epoch ?? Infinity);
});

test('what is lost of an older epoch is read again where the stream still has it, and the beginning of a later one', async () => {
  const older = (await untilStored(world)).streams[0]?.epoch ?? 0;
  const middle = await storeThree('older');
  const kept = (await jsm.streams.info(streams.events)).state.last_seq;
  await worker.kill();
  const putBack = await keepStream(world, streams.events);
  await worker.start();
  await publish('end', 10);
  await untilStored(world);
  await worker.kill();
  await putBack();
  await worker.start();
  await storeThree('newer');
  const newer = (await untilStored(world)).streams[0]?.epoch ?? 0;
  expect(newer).toBeGreaterThan(older);
  const before = (await world.flow()).totals;
  const recorded = await gaps();
  await worker.kill();
  await losePart(middle, older);
  await losePart(kept + 1, newer);
  const lost = (await world.flow()).streams[0];
  expect(lost?.missing).toBeGreaterThanOrEqual(40);
  await worker.start();
  await expect.poll(async () => (await world.flow()).totals, patience).toEqual(before);
  expect(await acceptedOf(world.client, 'older')).toBe(60);
  expect(await acceptedOf(world.client, 'newer')).toBe(60);
  expect(await gaps()).toEqual(recorded);

  // Of what the stream has no more a gap says so, once for all.
  await worker.kill();
  await losePart(kept + 1, newer);
  await jsm.streams.purge(streams.events, { seq: kept + 3 });
  await worker.start();
  await expect.poll(gaps, patience).toContainEqual([1, kept + 2, 'lost']);
  expect((await untilStored(world)).streams[0]).toMatchObject({ balanced: true, missing: 0 });
});
