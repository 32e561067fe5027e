import { expect, it } from 'vitest';
import { drain } from './drain.ts';
import { fakeClock } from './testing/fake-clock.ts';

/** When each of them is closed, ms after the drain began, with draws that lie evenly between 0 and 1. */
async function closingTimes(sockets: number): Promise<number[]> {
  const clock = fakeClock();
  const closed: number[] = [];
  let drawn = 0;
  const drained = drain(
    Array.from({ length: sockets }, (_, n) => n),
    {
      close: () => closed.push(clock.monotonic()),
      random: () => drawn++ / sockets,
      sleep: clock.sleep,
    },
  );
  await clock.advance(60_000);
  await drained;
  return closed;
}

it('closes connections one after the other, with room for each to come back before the next one does', async () => {
  expect(await closingTimes(16)).toEqual(Array.from({ length: 16 }, (_, n) => n * 5));
  expect(await closingTimes(0)).toEqual([]);
});

it('is through within two seconds, however many there are', async () => {
  const closed = await closingTimes(2_000);
  expect([closed.length, closed[0], closed.at(-1)]).toEqual([2_000, 0, 1_999]);
  const bySecondTenth = Array.from({ length: 20 }, (_, n) => closed.filter((at) => Math.floor(at / 100) === n).length);
  expect(new Set(bySecondTenth)).toEqual(new Set([100]));
});
