import { histories } from '@deskwire/workflows/state/testing/histories';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilApplied } from './src/desk-history.ts';
import { expectModelled, publishHistory, rename } from './src/modelled-figures.ts';
import type { Part } from './src/part.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

/** TEST_SEED makes other histories; the name of a test has it. */
const seed = Number(process.env['TEST_SEED'] ?? 7);
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
});
afterAll(() => world.close());

describe.each(['Europe/Berlin', 'Australia/Lord_Howe'])(`histories at a desk in %s, TEST_SEED=${seed}`, (zone) => {
  const runs = fc.sample(histories, { numRuns: 6, seed: seed + zone.length });
  const named = runs.map((history, run) => rename(history, `${zone.length}-${run}`));
  let desk: Part;

  beforeAll(async () => {
    desk = world.addDesk(`desk-${zone.length}`, { TIME_ZONE: zone });
    await desk.start();
    for (const history of named) await publishHistory(world, history);
    await untilApplied(world);
    await untilStored(world, 45_000, 'TICKETS');
  });
  afterAll(() => desk.stop());

  it('give the figures of the naive model, for every KPI, by every dimension, over any range', async () => {
    let compared = 0;
    for (const history of named) compared += await expectModelled(world, history, zone);
    expect(compared).toBeGreaterThan(500);
  }, 240_000);
});
