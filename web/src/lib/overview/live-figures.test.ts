import type { KpiFrame } from '@deskwire/contracts/kpi';
import type { StreamPosition } from '@deskwire/contracts/position';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FiguresAnswer } from './ask-figures';
import type { OverviewFigures } from './figures';
import { LiveFigures } from './live-figures.svelte';

const address = 'http://desk.test/?range=today';
const at = (ms: number) => new Date(Date.UTC(2026, 10, 22, 12) + ms).toISOString();

/** A position of TICKETS. */
const position = (seq: number, epoch = 1) => ({ epoch, seq });
/** A frame as of `ms` that counts so many. */
function frameOf(n: number, ms: number, state: 'complete' | 'provisional' = 'complete'): KpiFrame {
  const created = {
    ...{ value: n, n, unit: 'tickets' as const, cohort: '', as_of: at(ms), watermark: at(ms) },
    completeness: { state },
  };
  return { range: 'today', zone: 'UTC', kpis: { created } };
}

/** The same, with the last change of a ticket that is stored. */
const changedFrame = (seq: number, epoch?: number) => ({ ...frameOf(1, 0), last_change: position(seq, epoch) });

/** Answers as of `ms`, of what was stored up to a position; nothing else in them matters here. */
function figuresOf(ms: number, stored = position(0)): OverviewFigures {
  return {
    ...{ scope: 'all', from: at(0), to: at(ms), at: at(ms), stored, answers: {}, stepMs: 3_600_000, buckets: [] },
    compared: { from: at(0), to: at(ms), figures: {}, completeness: {} },
    ...{ priorities: [], teams: [] },
  };
}
const known = (ms: number, stored?: StreamPosition): FiguresAnswer => ({
  state: 'known',
  figures: figuresOf(ms, stored),
});

/** Looks at one address whose figures were painted, and answers each question with the next of these, the last one again and again. */
function setUp(...answers: FiguresAnswer[]) {
  const ask = vi.fn(() => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer === undefined ? Promise.reject(new Error('not loaded')) : Promise.resolve(answer);
  });
  const live = new LiveFigures({ ask, monotonic: () => performance.now() });
  live.show(address, figuresOf(0));
  live.saw(frameOf(1, 0));
  return { ask, live, shownAt: () => live.of(address, undefined)?.at };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the figures of the charts', () => {
  it('are not asked for while nothing changes, but for once a minute', async () => {
    const { ask, live } = setUp(known(60_001));
    for (let second = 1; second <= 60; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      live.saw(frameOf(1, 1_000 * second));
    }
    expect(ask).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    live.saw(frameOf(1, 61_000));
    await vi.advanceTimersByTimeAsync(0);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('are asked for once after a change when the answer is as of long enough after it', async () => {
    const { ask, live, shownAt } = setUp(known(4_000));
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(shownAt()).toBe(at(4_000));
  });

  it('are asked for again while the answer may be from before the change was stored', async () => {
    const { ask, live, shownAt } = setUp(known(900), known(3_999), known(4_000));
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(5_000);
    expect([ask.mock.calls.length, shownAt()]).toEqual([1, at(900)]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([ask.mock.calls.length, shownAt()]).toEqual([2, at(3_999)]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([ask.mock.calls.length, shownAt()]).toEqual([3, at(4_000)]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('are asked for again when a change is stored that moves no count, and not when only the desk goes on', async () => {
    const { ask, live } = setUp(known(9_000, position(13)), known(19_000, position(14)));
    live.saw(changedFrame(12));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ask).toHaveBeenCalledTimes(1);
    for (let second = 1; second <= 30; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      live.saw(changedFrame(12));
    }
    expect(ask).toHaveBeenCalledTimes(1);
    live.saw(changedFrame(14));
    live.saw(changedFrame(14));
    await vi.advanceTimersByTimeAsync(0);
    expect(ask).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('are asked for again until the answer was read after the change was stored, in the same stream', async () => {
    const { ask, live } = setUp(known(9_000, position(11)), known(9_000, position(99, 2)), known(9_000, position(12)));
    live.saw(changedFrame(12));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('are asked for when the first frame knows of a change that was stored after the page was painted', async () => {
    const ask = vi.fn(() => Promise.resolve(known(9_000, position(12))));
    const live = new LiveFigures({ ask, monotonic: () => performance.now() });
    live.show(address, figuresOf(0, position(11)));
    live.saw(changedFrame(12));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ask).toHaveBeenCalledTimes(1);
    live.show(address, figuresOf(0, position(12)));
    live.saw(changedFrame(12));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('are complete only once nothing has been on its way for ten seconds, as tiles are', async () => {
    const inState = (state: 'complete' | 'provisional', ms: number): FiguresAnswer => ({
      state: 'known',
      figures: { ...figuresOf(ms), answers: frameOf(1, ms, state).kpis },
    });
    const { live } = setUp(inState('provisional', 4_000), inState('complete', 13_999), inState('complete', 14_000));
    const shown = () => live.of(address, undefined)?.answers.created?.completeness.state;
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(shown()).toBe('provisional');
    live.saw(frameOf(3, 9_000));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(shown()).toBe('provisional');
    live.saw(frameOf(4, 11_000));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(shown()).toBe('complete');
  });

  it('stay as they were, and say that they are behind, until there is an answer', async () => {
    const { ask, live, shownAt } = setUp({ state: 'later' }, known(4_000));
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(5_000);
    expect([live.isBehind, shownAt()]).toEqual([true, undefined]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([live.isBehind, shownAt()]).toEqual([false, at(4_000)]);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('are behind while an answer takes long, though frames that count more come every second', async () => {
    const slow = vi.fn(() => new Promise<FiguresAnswer>((resolve) => setTimeout(() => resolve(known(30_000)), 25_000)));
    const live = new LiveFigures({ ask: slow, monotonic: () => performance.now() });
    live.show(address, figuresOf(0));
    live.saw(frameOf(1, 0));
    const behind: boolean[] = [];
    for (let second = 1; second <= 31; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      live.saw(frameOf(2, 1_000));
      behind.push(live.isBehind);
    }
    // The change came with the first second, the question with the fifth, its answer with the thirtieth.
    expect([behind.indexOf(true), behind.lastIndexOf(true)]).toEqual([16, 28]);
    expect(slow).toHaveBeenCalledTimes(1);
  });

  it('are asked for again within a minute of a question that nobody answered', async () => {
    const asked: number[] = [];
    const began = performance.now();
    const ask = (): Promise<FiguresAnswer> => {
      asked.push(performance.now() - began);
      // As when a question is given up after half a minute.
      const givenUp = () => new Promise<FiguresAnswer>((resolve) => setTimeout(resolve, 30_000, { state: 'later' }));
      return asked.length === 1 ? givenUp() : Promise.resolve(known(61_000));
    };
    const live = new LiveFigures({ ask, monotonic: () => performance.now() });
    live.show(address, figuresOf(0));
    live.saw(frameOf(1, 0));
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(120_000);
    expect([asked, live.isBehind]).toEqual([[5_000, 65_000], false]);
  });

  it('are not behind where each answer takes a few seconds, and the next one comes in its turn', async () => {
    const began = performance.now();
    const slow = () =>
      new Promise<FiguresAnswer>((resolve) => setTimeout(() => resolve(known(performance.now() - began)), 4_000));
    const live = new LiveFigures({ ask: slow, monotonic: () => performance.now() });
    live.show(address, figuresOf(0));
    live.saw(frameOf(1, 0));
    const behind = new Set<boolean>();
    for (let second = 1; second <= 90; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      live.saw(frameOf(1 + second, 1_000 * second));
      behind.add(live.isBehind);
    }
    expect([...behind]).toEqual([false]);
  });

  it('are not asked for where there is no answer to be had, until the next change', async () => {
    const { ask, live } = setUp({ state: 'never' });
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ask).toHaveBeenCalledTimes(1);
    live.saw(frameOf(3, 31_000));
    await vi.advanceTimersByTimeAsync(0);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('hold still while they are held, and are asked for at once afterwards', async () => {
    const { ask, live } = setUp(known(90_000));
    live.hold(true);
    live.saw(frameOf(2, 1_000));
    await vi.advanceTimersByTimeAsync(70_000);
    expect(ask).not.toHaveBeenCalled();
    live.hold(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
