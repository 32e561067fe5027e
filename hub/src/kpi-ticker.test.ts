import type { KpiScope } from '@deskwire/contracts/channels';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import { kpiFrame, type KpiFrame } from '@deskwire/contracts/kpi';
import { describe, expect, it } from 'vitest';
import { createKpiTicker } from './kpi-ticker.ts';
import { fakeClock } from './testing/fake-clock.ts';

const figures = (n: number): KpiFrame => ({
  range: 'today',
  zone: 'UTC',
  kpis: {
    created: {
      ...{ value: n, n, unit: 'tickets', cohort: 'tickets opened in the range' },
      ...{ as_of: '2026-11-22T12:00:00.000Z', watermark: '2026-11-22T12:00:00.000Z' },
      completeness: { state: 'complete' },
    },
  },
});
const createdOf = (frame: Frame | undefined) => kpiFrame.parse(frame?.data).kpis.created;

function setUp() {
  const clock = fakeClock();
  const frames: { at: number; scope: KpiScope; frame: Frame }[] = [];
  const asked: KpiScope[][] = [];
  const listens: boolean[] = [];
  let costMs = 0;
  let isBroken = false;
  let ticks = 0;
  const ticker = createKpiTicker({
    read: async (scopes) => {
      asked.push([...scopes]);
      const n = asked.length;
      await clock.sleep(costMs);
      if (isBroken) throw new Error('ClickHouse is away');
      return new Map(scopes.map((scope) => [scope, figures(n)]));
    },
    publish: (scope, frame) => frames.push({ at: clock.monotonic(), scope, frame }),
    onListen: (on) => listens.push(on),
    onTick: () => (ticks += 1),
    onFailure: () => undefined,
    clock,
  });
  const want = (...scopes: KpiScope[]) => ticker.want(new Set(scopes));
  return {
    ...{ clock, frames, asked, listens, ticker, want },
    cost: (ms: number) => (costMs = ms),
    break: (now: boolean) => (isBroken = now),
    ticks: () => ticks,
    of: (scope: KpiScope) => frames.filter((each) => each.scope === scope).map(({ frame }) => frame),
  };
}

describe('KPI ticker', () => {
  it('asks only while it holds the lease and somebody listens', async () => {
    const { clock, asked, listens, ticker, want } = setUp();
    want('all');
    await clock.advance(3_000);
    expect([asked, listens]).toEqual([[], []]);
    ticker.start(7, new Map());
    await clock.advance(0);
    expect([asked, listens]).toEqual([[['all']], [true]]);
    want();
    ticker.moved();
    await clock.advance(3_000);
    expect([asked, listens]).toEqual([[['all']], [true, false]]);
    want('all');
    ticker.stop();
    expect(listens).toEqual([true, false, true, false]);
  });

  it('counts no tick that ends when nobody listens any more, or another hub has the lease', async () => {
    const { clock, ticker, want, cost, ticks } = setUp();
    cost(500);
    want('all');
    ticker.start(7, new Map());
    await clock.advance(100);
    want();
    await clock.advance(2_000);
    expect(ticks()).toBe(0);
    want('all');
    await clock.advance(100);
    ticker.stop();
    await clock.advance(2_000);
    expect(ticks()).toBe(0);
    ticker.start(9, new Map());
    await clock.advance(600);
    expect(ticks()).toBe(1);
  });

  it('answers a commit at once after a quiet 100 ms, at most ten times a second, and every second without one', async () => {
    const { clock, frames, ticker, want } = setUp();
    want('all');
    ticker.start(7, new Map());
    await clock.advance(2_400);
    expect(frames.map(({ at }) => at)).toEqual([0, 1_000, 2_000]);
    ticker.moved();
    await clock.advance(0);
    expect(frames.at(-1)?.at).toBe(2_400);
    for (let ms = 0; ms < 1_000; ms += 10) {
      ticker.moved();
      await clock.advance(10);
    }
    expect(frames.filter(({ at }) => at > 2_400).length).toBeLessThanOrEqual(10);
  });

  it('asks for all scopes together, and at once for a new one', async () => {
    const { clock, asked, ticker, want } = setUp();
    want('all');
    ticker.start(7, new Map());
    await clock.advance(300);
    want('all', 'team:billing');
    await clock.advance(0);
    expect(asked).toEqual([['all'], ['all', 'team:billing']]);
  });

  it('goes on at once behind a tick that took longer', async () => {
    const { clock, frames, ticker, want, cost } = setUp();
    cost(300);
    want('all');
    ticker.start(7, new Map());
    for (let ms = 0; ms < 2_000; ms += 50) {
      ticker.moved();
      await clock.advance(50);
    }
    expect(frames.map(({ at }) => at)).toEqual([300, 600, 900, 1_200, 1_500, 1_800]);
  });

  it('numbers frames upwards within its epoch, each after the one before it of the same scope, also for a scope that returns', async () => {
    const { clock, of, ticker, want } = setUp();
    ticker.start(7, new Map());
    want('all', 'team:billing');
    await clock.advance(1_500);
    want('all');
    await clock.advance(1_000);
    want('all', 'team:billing');
    await clock.advance(1_000);
    for (const scope of ['all', 'team:billing'] as const) {
      const seqs = of(scope).map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(new Set(seqs).size).toBe(seqs.length);
      expect(of(scope).every(({ epoch, prev, seq }) => epoch === 7 && prev < seq)).toBe(true);
    }
    const all = of('all');
    all.slice(1).forEach(({ prev }, place) => expect(prev).toBe(all[place]?.seq));
  });

  it('repeats the last figures as stale, with the time, when they cannot be read', async () => {
    const { clock, of, ticker, want, ...set } = setUp();
    want('all');
    ticker.start(7, new Map());
    await clock.advance(500);
    set.break(true);
    await clock.advance(1_000);
    expect(createdOf(of('all').at(-1))).toMatchObject({
      n: 1,
      completeness: { state: 'stale', from: '2026-11-22T12:00:00.000Z' },
    });
    set.break(false);
    await clock.advance(1_500);
    expect(createdOf(of('all').at(-1))?.completeness).toEqual({ state: 'complete' });
  });

  it('does so too while an engine hangs, before any time-out', async () => {
    const { clock, of, ticker, want, cost } = setUp();
    want('all');
    ticker.start(7, new Map());
    await clock.advance(500);
    cost(30_000);
    await clock.advance(10_000);
    const states = of('all').map((frame) => createdOf(frame)?.completeness.state);
    expect(states.filter((state) => state === 'stale').length).toBeGreaterThanOrEqual(3);
  });

  it('begins with what others published, and says nothing of a scope that nobody knows', async () => {
    const { clock, frames, of, ticker, want, ...set } = setUp();
    set.break(true);
    want('all', 'team:billing');
    ticker.start(8, new Map([['all', figures(41)]]));
    await clock.advance(0);
    expect(createdOf(of('all')[0])).toMatchObject({ n: 41, completeness: { state: 'stale' } });
    expect(frames).toHaveLength(1);
  });

  it('publishes nothing more once the lease is lost, not even what it was reading', async () => {
    const { clock, frames, ticker, want, cost } = setUp();
    cost(300);
    want('all');
    ticker.start(7, new Map());
    await clock.advance(100);
    ticker.stop();
    await clock.advance(5_000);
    expect(frames).toEqual([]);
  });
});
