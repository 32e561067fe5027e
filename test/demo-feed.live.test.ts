import { createSimulation } from '@deskwire/connectors/demo/simulate';
import { demoRecord, demoSources, isSimulated, type DemoSource } from '@deskwire/contracts/demo';
import { segmentOf } from '@deskwire/contracts/desk-id';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { streamMessages } from './src/stream-messages.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const hourMs = 3_600_000;
const historyDays = 4;
const ticketsOfWeekday = 70;
const patience = { timeout: 120_000, interval: 20 };

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
}, 180_000);
afterAll(() => world.close());

const sent = z.looseObject({ id: z.string(), source: z.string(), type: z.string() });

/** What the simulated sources have sent so far, in order, without heartbeats and what is told live only. */
async function sentTickets(): Promise<Map<DemoSource, z.output<typeof sent>[]>> {
  const bySource = new Map<DemoSource, z.output<typeof sent>[]>(demoSources.map((source) => [source, []]));
  for (const { data } of await streamMessages(world.nc, 'EVENTS')) {
    const json: unknown = JSON.parse(Buffer.from(data).toString());
    for (const one of z.union([z.array(sent), sent.transform((event) => [event])]).parse(json)) {
      const source = demoSources.find((name) => name === segmentOf(one.source));
      if (source !== undefined && /^(ticket|customer)\./.test(one.type)) bySource.get(source)?.push(one);
    }
  }
  return bySource;
}

test('a demo killed again and again tells its story once, without a gap, and goes on live', async () => {
  const jsm = await world.nc.jetstreamManager();
  const messages = async () => (await jsm.streams.info('EVENTS')).state.messages;
  const env = { DEMO_HISTORY_DAYS: String(historyDays), DEMO_TICKETS_PER_WEEKDAY: String(ticketsOfWeekday) };
  const demo = await world.addDemo('demo', env);
  // nats-server 2.9 answers nothing for a moment while it takes over new logins.
  await expect.poll(messages, patience).toBe(0);
  for (let kill = 0; kill < 4; kill++) {
    const before = await messages();
    await demo.start();
    await expect.poll(messages, patience).toBeGreaterThan(before + 2);
    await demo.kill();
  }
  await demo.start();
  const config = await world.nc.jetstream().views.kv('config', { bindOnly: true });
  const record = demoRecord.parse((await config.get('demo'))?.json());
  if (record.state !== 'on') throw new Error('the demo is not on');
  const simulation = createSimulation({ run: record.run, zone: 'UTC', ticketsOfWeekday });
  const beginning = { sendAtMs: Date.parse(record.started_at) - historyDays * 24 * hourMs, key: '' };
  const told = (source: DemoSource, untilMs: number) =>
    simulation.between(source, beginning, untilMs, Infinity).map(({ event }) => event);

  const now = Date.now();
  const due = new Map(demoSources.map((source) => [source, told(source, now).length]));
  const isComplete = async () => {
    const soFar = await sentTickets();
    return demoSources.every((source) => (soFar.get(source)?.length ?? 0) >= (due.get(source) ?? Infinity));
  };
  await expect.poll(isComplete, { ...patience, interval: 500 }).toBe(true);
  await demo.kill();
  for (const [source, events] of await sentTickets()) {
    expect(events.length).toBeGreaterThan(100);
    expect(events).toEqual(told(source, Date.now()).slice(0, events.length));
  }

  await demo.start();
  const flow = async () => (await untilStored(world)).sources.filter(({ source }) => isSimulated(source));
  const isLive = async () =>
    (await flow()).filter(({ state, heartbeat }) => state === 'live' && (heartbeat?.sentCount ?? 0) > 100).length;
  await expect.poll(isLive, patience).toBe(demoSources.length);
  const reported = await flow();
  expect(reported.map(({ source }) => source)).toEqual(demoSources.map((source) => `${source}/demo`).sort());
  for (const { accepted, rejected, missing } of reported) {
    expect(missing).toBeUndefined();
    expect(accepted).toBeGreaterThan(100);
    expect(rejected).toBeLessThan(accepted / 50);
  }
  expect((await world.flow()).totals.balanced).toBe(true);
}, 400_000);
