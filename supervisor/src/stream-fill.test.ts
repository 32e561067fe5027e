import { createLog } from '@deskwire/runtime/log';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchStreamFill } from './stream-fill.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells once that a stream is four fifths full, and again only after it was calm', async () => {
  const shares = [0.5, 0.79, 0.8, 0.95, 0.75, 0.85, 0.6, 0.81];
  const told: string[] = [];
  let at = 0;
  const watch = watchStreamFill({
    stream: 'EVENTS',
    read: () => Promise.resolve({ bytes: (shares[at++] ?? 0) * 1_000, maxBytes: 1_000 }),
    publish: (subject, body) => {
      told.push(`${at} ${subject} ${body}`);
      return Promise.resolve();
    },
    everyMs: 1_000,
    now: () => 0,
    log: createLog('test', 'silent'),
  });
  await vi.advanceTimersByTimeAsync(shares.length * 1_000);
  watch.stop();
  expect(told.map((line) => line.slice(0, 27))).toEqual(['3 alerts.warning.broker {"a', '8 alerts.warning.broker {"a']);
  expect(told[0]).toContain('80 %');
});

it('goes on when the broker does not answer', async () => {
  let asked = 0;
  const watch = watchStreamFill({
    stream: 'EVENTS',
    read: () => {
      asked += 1;
      return Promise.reject(new Error('away'));
    },
    publish: () => Promise.resolve(),
    everyMs: 1_000,
    now: () => 0,
    log: createLog('test', 'silent'),
  });
  await vi.advanceTimersByTimeAsync(3_500);
  watch.stop();
  expect(asked).toBe(4);
});
