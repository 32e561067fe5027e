import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DemoWatch, type DemoState } from './demo-watch.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(given: DemoState, answers: DemoState[]) {
  const ask = vi.fn(() => {
    const next = answers.shift();
    return next === undefined ? Promise.reject(new Error('away')) : Promise.resolve(next);
  });
  const onRemoved = vi.fn();
  return { ask, onRemoved, demo: new DemoWatch(given, { ask, onRemoved }) };
}

test('a page that stays open learns that others started the demo, and that they removed it', async () => {
  const { demo, ask, onRemoved } = watch('none', ['on', 'removing', 'removing', 'removed']);
  const stop = demo.start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect([demo.isHere, ask.mock.calls.length]).toEqual([true, 1]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(demo.state).toBe('removing');
  await vi.advanceTimersByTimeAsync(2_000);
  expect([demo.state, onRemoved.mock.calls.length]).toEqual(['removing', 0]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([demo.isHere, onRemoved.mock.calls.length]).toEqual([false, 1]);
  stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(ask).toHaveBeenCalledTimes(4);
});

test('figures that count simulated events have it asked at once, and no answer changes nothing', async () => {
  const { demo, ask } = watch('none', ['on']);
  demo.saw();
  demo.saw();
  await vi.advanceTimersByTimeAsync(0);
  expect([demo.state, ask.mock.calls.length]).toEqual(['on', 1]);
  demo.saw();
  await demo.look();
  expect([demo.state, ask.mock.calls.length]).toEqual(['on', 2]);
});
