import type { FlowReport } from '@deskwire/contracts/flow';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import { describe, expect, it } from 'vitest';
import { createFlowTicker } from './flow-ticker.ts';
import { fakeClock } from './testing/fake-clock.ts';

const report = (received: number): FlowReport => ({
  at: '2026-11-22T12:00:00.000Z',
  state: 'complete',
  why: null,
  totals: { received, accepted: received, duplicate: 0, rejected: 0, balanced: true },
  today: { from: '2026-11-22T00:00:00.000Z', received, accepted: received, duplicate: 0, rejected: 0 },
  ratePerS: 0,
  streams: [],
  sources: [],
  rejected: [],
  gaps: [],
});

function setUp(costMs = 0) {
  const clock = fakeClock();
  const frames: { at: number; frame: Frame }[] = [];
  const failures: unknown[] = [];
  const beats: number[] = [];
  let broken = false;
  let reads = 0;
  const ticker = createFlowTicker({
    read: async () => {
      reads += 1;
      await clock.sleep(costMs);
      if (broken) throw new Error('ClickHouse is away');
      return report(reads);
    },
    publish: (frame) => frames.push({ at: clock.monotonic(), frame }),
    beat: () => beats.push(clock.monotonic()),
    onFailure: (error) => failures.push(error),
    epoch: 'e1',
    clock,
  });
  return { clock, frames, beats, failures, ticker, reads: () => reads, break: (now: boolean) => (broken = now) };
}

describe('flow ticker', () => {
  it('does nothing without listeners, whatever is committed', async () => {
    const { clock, ticker, reads } = setUp();
    ticker.committed();
    await clock.advance(10_000);
    expect(reads()).toBe(0);
  });

  it('makes a frame every second while somebody listens, and stops with the last listener', async () => {
    const { clock, frames, ticker } = setUp();
    ticker.listen(true);
    await clock.advance(3_500);
    expect(frames.map(({ at }) => at)).toEqual([0, 1_000, 2_000, 3_000]);
    ticker.listen(false);
    await clock.advance(5_000);
    expect(frames).toHaveLength(4);
  });

  it('answers a commit at once after a quiet 100 ms, and many commits at most ten times a second', async () => {
    const { clock, frames, ticker } = setUp();
    ticker.listen(true);
    await clock.advance(400);
    ticker.committed();
    await clock.advance(0);
    expect(frames.at(-1)?.at).toBe(400);
    for (let ms = 0; ms < 1_000; ms += 10) {
      await clock.advance(10);
      ticker.committed();
    }
    expect(frames.filter(({ at }) => at > 400).length).toBeLessThanOrEqual(10);
    expect(frames.filter(({ at }) => at > 400).length).toBeGreaterThanOrEqual(9);
  });

  it('rests three times as long as an expensive report took', async () => {
    const { clock, frames, ticker } = setUp(300);
    ticker.listen(true);
    for (let ms = 0; ms < 4_000; ms += 50) {
      ticker.committed();
      await clock.advance(50);
    }
    expect(frames.map(({ at }) => at)).toEqual([300, 1_500, 2_700, 3_900]);
  });

  it('says every second that it is there while a report takes long, and not beside frames', async () => {
    const slow = setUp(4_500);
    slow.ticker.listen(true);
    await slow.clock.advance(5_000);
    expect([slow.frames.map(({ at }) => at), slow.beats]).toEqual([[4_500], [1_000, 2_000, 3_000, 4_000]]);
    const fast = setUp(900);
    fast.ticker.listen(true);
    await fast.clock.advance(10_000);
    expect([fast.frames.length > 2, fast.beats]).toEqual([true, []]);
  });

  it('numbers its frames without a gap', async () => {
    const { clock, frames, ticker } = setUp();
    ticker.listen(true);
    await clock.advance(2_500);
    expect(frames.map(({ frame }) => [frame.prev, frame.seq])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(ticker.head()).toEqual({ epoch: 'e1', head: 3 });
  });

  it('repeats the last known report as unknown when the next one fails, never zeros', async () => {
    const { clock, frames, failures, ticker, ...set } = setUp();
    ticker.listen(true);
    await clock.advance(500);
    set.break(true);
    await clock.advance(1_000);
    expect(failures).toHaveLength(1);
    expect(frames.at(-1)?.frame.data).toMatchObject({ state: 'unknown', repeated: true, totals: { received: 1 } });
    set.break(false);
    await clock.advance(1_000);
    expect(frames.at(-1)?.frame.data).toMatchObject({ state: 'complete' });
    expect(frames.at(-1)?.frame.data).not.toHaveProperty('repeated');
  });

  it('has no frame at all while no report was ever made', async () => {
    const { frames, ticker, ...set } = setUp();
    set.break(true);
    await expect(ticker.current()).resolves.toBeUndefined();
    expect(frames).toHaveLength(0);
  });

  it('gives a new listener the last frame while it is fresh, and a new one afterwards', async () => {
    const { clock, ticker, reads } = setUp();
    expect((await ticker.current())?.seq).toBe(1);
    await clock.advance(900);
    expect((await ticker.current())?.seq).toBe(1);
    await clock.advance(200);
    expect((await ticker.current())?.seq).toBe(2);
    expect(reads()).toBe(2);
  });
});
