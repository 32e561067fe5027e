import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedOf } from './src/ledger-rows.ts';
import { publishSteadily } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
});
afterAll(() => world.close());

/** Warnings of the worker so far: it has noticed. */
const warnings = () => readFileSync(join(world.logDir, 'ingest.log'), 'utf8').split('"level":40').length - 1;

test('what is published while ClickHouse is away is stored when it is back', async () => {
  let away = true;
  const before = warnings();
  const publishing = publishSteadily(world.nc.jetstream(), 'without-clickhouse', (kept) => away || kept < 1_500);
  await expect.poll(() => acceptedOf(world.client, 'without-clickhouse'), { timeout: 20_000 }).toBeGreaterThan(100);
  await world.engine.kill();
  await expect.poll(warnings, { timeout: 40_000 }).toBeGreaterThan(before + 3);
  await world.engine.start();
  away = false;
  const acknowledged = await publishing;
  const flow = await untilStored(world);
  expect(await acceptedOf(world.client, 'without-clickhouse')).toBe(acknowledged);
  expect(flow).toMatchObject({ state: 'complete', totals: { balanced: true } });
});

test('what was acknowledged before NATS went away, and after it is back, is stored', async () => {
  let away = true;
  const publishing = publishSteadily(world.nc.jetstream(), 'without-nats', (kept) => away || kept < 1_500);
  await expect.poll(() => acceptedOf(world.client, 'without-nats'), { timeout: 20_000 }).toBeGreaterThan(100);
  const before = warnings();
  await world.broker.kill();
  await expect.poll(warnings, { timeout: 40_000 }).toBeGreaterThan(before);
  await world.broker.start();
  away = false;
  const acknowledged = await publishing;
  const flow = await untilStored(world);
  expect(await acceptedOf(world.client, 'without-nats')).toBeGreaterThanOrEqual(acknowledged);
  expect(flow).toMatchObject({ state: 'complete', totals: { balanced: true } });
});
