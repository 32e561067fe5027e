import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishSteadily } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
});
afterAll(() => world.close());

test('a report that is read while events arrive never counts less than the positions that it calls stored', async () => {
  let reading = true;
  const publishing = publishSteadily(world.nc.jetstream(), 'snapshot', () => reading);
  const reports = [];
  while (reports.length < 50 || (reports.at(-1)?.totals.received ?? 0) < 1_000) reports.push(await world.flow());
  reading = false;
  const acknowledged = await publishing;
  const short = reports.filter((report) => report.totals.received < (report.streams[0]?.rows ?? 0));
  expect(short).toEqual([]);
  expect(reports.filter((report) => report.state === 'incomplete')).toEqual([]);
  expect((await untilStored(world)).totals.received).toBe(acknowledged);
});
