import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

/** The wait after one insert that took so long. */
async function waitAfter(insertMs: number, minMs = 50): Promise<number> {
  let now = 0;
  const pace = createPace({ minMs, maxMs: 250 }, () => now);
  const storing = Promise.resolve().then(() => {
    now += insertMs;
  });
  await pace.timed(storing);
  return pace.waitMs();
}

it('gathers for the shortest time while inserts are quick', async () => {
  expect(createPace({ minMs: 50, maxMs: 250 }).waitMs()).toBe(50);
  expect(await waitAfter(10)).toBe(50);
});

it('gathers longer when an insert takes longer, to leave the engine three quarters of the time', async () => {
  expect(await waitAfter(40)).toBe(160);
});

it('never gathers for longer than the longest time, unless told to', async () => {
  expect(await waitAfter(5_000)).toBe(250);
  expect(await waitAfter(5_000, 1_000)).toBe(1_000);
});

it('hands on a failed insert and keeps its pace', async () => {
  const pace = createPace({ minMs: 50, maxMs: 250 }, () => 0);
  await expect(pace.timed(Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(pace.waitMs()).toBe(50);
});
