import { afterEach, expect, it, vi } from 'vitest';
import { feedSource } from './feed-source.ts';

afterEach(() => void vi.useRealTimers());

it('sends its heartbeats on while the clock stands behind after a step', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  let steppedMs = 0;
  const beats: number[] = [];
  const stop = new AbortController();
  const running = feedSource(
    {
      ...{ run: 'r', source: 'demo-zendesk', from: { sendAtMs: Date.now(), key: '', sentCount: 0 } },
      simulation: { between: () => [], isSilent: () => false },
      publish: () => Promise.resolve(void beats.push(performance.now())),
      note: () => Promise.resolve(),
      now: () => Date.now() - steppedMs,
      elapsed: () => performance.now(),
    },
    stop.signal,
  );
  await vi.advanceTimersByTimeAsync(30_000);
  expect(beats).toHaveLength(4);
  steppedMs = 3_600_000;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(beats).toHaveLength(7);
  stop.abort();
  await running;
});
