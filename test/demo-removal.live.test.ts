import { kpiName } from '@deskwire/contracts/kpi';
import { demoRecord, demoSources } from '@deskwire/contracts/demo';
import { token } from '@deskwire/contracts/key-token';
import { readKpisPatiently } from '@deskwire/clickhouse/kpi/testing/read-kpis-patiently';
import { runSelfCheck } from '@deskwire/ingest/self-check/run-self-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInsertGate, type InsertGate } from './chaos/insert-gate.ts';
import { untilApplied } from './src/desk-history.ts';
import { deskEvents, publishInOrder } from './src/desk-events.ts';
import type { Part } from './src/part.ts';
import { streamMessages } from './src/stream-messages.ts';
import { publishTickets } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let gate: InsertGate;
let ingest: Part;
let desk: Part;
let demo: Part;
const patience = { timeout: 240_000, interval: 200 };
/** The real source's history, and the days that the demo's falls into. */
const real = { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) };

beforeAll(async () => {
  world = await startWorld();
  gate = await createInsertGate({ engineUrl: world.clickhouse.CLICKHOUSE_URL, doors: 1 });
  const [url = ''] = gate.urls;
  ingest = world.addWorker('ingest', { clickhouse: { ...world.clickhouse, CLICKHOUSE_URL: url } });
  desk = world.addDesk('desk');
  await ingest.start();
  await desk.start();
}, 180_000);
afterAll(async () => {
  await world.close();
  gate.close();
});

const streamsOfDemo = ['EVENTS', 'TICKETS', 'CONVERSATIONS', 'QUARANTINE', 'KV_customers', 'KV_keys', 'KV_cursors'];

async function settled() {
  await untilApplied(world, 120_000);
  await untilStored(world, 120_000);
  return untilStored(world, 120_000, 'TICKETS');
}
/** In one order: the statement promises none. */
async function kpis(range: { from: number; to: number }) {
  const rows = await readKpisPatiently(world.client, { names: kpiName.options, range });
  return rows.sort((a, b) => (a.kpi < b.kpi ? -1 : 1));
}

async function selfCheck() {
  const jsm = await world.nc.jetstreamManager({ timeout: 60_000 });
  const js = world.nc.jetstream({ timeout: 60_000 });
  return (await runSelfCheck({ client: world.client, js, jsm, now: Date.now }, AbortSignal.timeout(120_000))).findings;
}

async function state(): Promise<string | undefined> {
  const config = await world.nc.jetstream().views.kv('config', { bindOnly: true });
  const entry = await config.get('demo');
  return entry === null ? undefined : demoRecord.parse(entry.json()).state;
}

/** As web and command ask for it. */
async function askForRemoval(): Promise<void> {
  const config = await world.nc.jetstream().views.kv('config', { bindOnly: true });
  const record = demoRecord.parse((await config.get('demo'))?.json());
  if (record.state !== 'on') throw new Error('the demo is not on');
  await config.put('demo', JSON.stringify({ state: 'removing', run: record.run, since: new Date().toISOString() }));
}

/** Subjects in the streams that name a simulated source, but for the one heartbeat that marks the end. */
async function traces(): Promise<string[]> {
  const jsm = await world.nc.jetstreamManager();
  const found: string[] = [];
  for (const stream of streamsOfDemo) {
    const { state: now } = await jsm.streams.info(stream, { subjects_filter: '>' });
    for (const [subject, count] of Object.entries(now.subjects ?? {})) {
      const isDemo = demoSources.some((source) => subject.includes(source) || subject.includes(token(source)));
      if (isDemo || subject.includes('cursors.demo')) found.push(`${count} ${subject}`);
    }
  }
  return found;
}

/** Holds the next insert into `events` until it is released. */
async function holdEvents(): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const reached = new Promise<void>((resolve) => {
    gate.arm({
      ...{ moment: 'before', delayMs: 0, deaf: false },
      strike: () => {
        resolve();
        return held;
      },
    });
  });
  await publishTickets(world.nc.jetstream(), 'held', 5);
  await reached;
  return release;
}

/** Waits for the last word of the demo, and until every change that was made until then and somewhat later is stored. */
async function untilDeskThrough(): Promise<void> {
  const jsm = await world.nc.jetstreamManager();
  const lastWord = async () =>
    (await jsm.streams.getMessage('EVENTS', { last_by_subj: 'events.demo-zendesk.source.heartbeat' })).string();
  await expect.poll(lastWord, patience).toContain('"id":"removal-');
  for (const label of ['on-1', 'on-2', 'on-3', 'on-4']) {
    await publishTickets(world.nc.jetstream(), label, 5);
    await untilApplied(world, 120_000);
    await untilStored(world, 120_000, 'TICKETS');
  }
}

async function rowsWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const table of ['events', 'ticket_changes', 'tickets']) {
    const answer = await world.client.query({ query: `SELECT * FROM ${table}`, format: 'TabSeparated' });
    found.push(...(await answer.text()).split('\n').filter((row) => row.includes(text)));
  }
  return found;
}

test('removal takes everything of the demo and nothing else, and may be interrupted', async () => {
  const js = world.nc.jetstream();
  await publishInOrder(js, deskEvents('before', 40, 8));
  await settled();
  const before = await kpis(real);
  const ofReal = (await world.flow()).sources.find(({ source }) => source === 'zendesk/acme');

  demo = await world.addDemo('demo', { DEMO_HISTORY_DAYS: '3', DEMO_TICKETS_PER_WEEKDAY: '60' });
  await demo.start();
  await expect.poll(async () => (await world.flow()).sources.length, patience).toBe(4);
  // Real events in between, so that positions of both alternate.
  for (const label of ['one', 'two', 'three']) {
    await publishTickets(js, label, 5);
    await settled();
  }
  await expect.poll(async () => (await rowsWith('demo-hubspot')).length, patience).toBeGreaterThan(50);
  expect((await traces()).length).toBeGreaterThan(50);

  const release = await holdEvents();
  await askForRemoval();
  await untilDeskThrough();
  expect((await traces()).length).toBeGreaterThan(50);
  release();
  await expect.poll(async () => (await traces()).length, { timeout: 240_000, interval: 5 }).toBeLessThan(50);
  await demo.kill();
  await demo.start();
  await expect.poll(state, patience).toBe('removed');

  expect(await traces()).toEqual(['1 events.demo-zendesk.source.heartbeat']);
  expect(await rowsWith('demo-')).toEqual([]);
  expect(await selfCheck()).toEqual([]);
  const flow = await settled();
  expect(flow).toMatchObject({ state: 'complete', totals: { balanced: true }, gaps: [] });
  expect(flow.sources.map(({ source }) => source)).toEqual(['zendesk/acme']);
  expect(flow.sources[0]?.accepted).toBe((ofReal?.accepted ?? 0) + 40);
  expect(await kpis(real)).toEqual(before);
  const recent = { from: Date.UTC(2026, 10, 22, 9), to: Date.UTC(2026, 10, 22, 10) };
  const created = (await readKpisPatiently(world.client, { names: ['created'], range: recent }))[0];
  expect(created?.figure.value).toBe(40);
}, 600_000);

test('after it a restart of every part changes nothing, and what comes next is counted', async () => {
  const epochs = (await world.flow()).streams.map(({ epoch }) => epoch);
  await Promise.all([ingest.kill(), desk.kill(), demo.kill()]);
  await world.broker.kill();
  await world.broker.start();
  await Promise.all([ingest.start(), desk.start(), demo.start()]);
  await publishTickets(world.nc.jetstream(), 'after', 10);
  const flow = await settled();
  expect(flow).toMatchObject({ state: 'complete', totals: { balanced: true }, gaps: [] });
  expect(flow.streams.map(({ epoch }) => epoch)).toEqual(epochs);
  expect(await selfCheck()).toEqual([]);
  expect(await state()).toBe('removed');
  expect((await streamMessages(world.nc, 'EVENTS')).filter(({ subject }) => subject.includes('demo-'))).toHaveLength(1);
}, 300_000);
