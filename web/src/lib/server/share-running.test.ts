import { afterEach, describe, expect, it, vi } from 'vitest';
import { shareRunning, type SharingOptions } from './share-running';

function setUp(options: SharingOptions<number> = {}) {
  const time = { now: 0 };
  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const share = shareRunning<number, string>(
    () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    { ...options, clock: () => time.now },
  );
  return { time, waiting, share };
}

afterEach(() => vi.useRealTimers());

/** With a first answer that is kept for 100 ms, and given for a second while a new one is made. */
async function setUpWithOldAnswer(options: SharingOptions<number> = {}) {
  const set = setUp({ keptMs: () => 100, graceMs: () => 1_000, ...options });
  const first = set.share('a', 1);
  set.waiting[0]?.resolve('first');
  await first;
  return set;
}

it('asks once for all who want the same while it runs, and anew after a failure', async () => {
  const { waiting, share } = setUp();
  const [one, same, other] = [share('a', 1), share('a', 2), share('b', 3)];
  expect(waiting).toHaveLength(2);
  waiting[0]?.reject(new Error('away'));
  waiting[1]?.resolve('b');
  await expect(one).rejects.toThrow('away');
  await expect(same).rejects.toThrow('away');
  expect(await other).toBe('b');
  const again = share('a', 4);
  expect(waiting).toHaveLength(3);
  waiting[2]?.resolve('a');
  expect(await again).toBe('a');
});

it('shares an answer for as long again as it took, and at most half a second', async () => {
  const { time, waiting, share } = setUp();
  const first = share('a', 1);
  time.now = 100;
  waiting[0]?.resolve('first');
  await first;
  time.now = 199;
  expect(await share('a', 2)).toBe('first');
  time.now = 200;
  const second = share('a', 3);
  time.now = 5_200;
  waiting[1]?.resolve('second');
  expect(await second).toBe('second');
  time.now = 5_699;
  expect(await share('a', 4)).toBe('second');
  time.now = 5_700;
  void share('a', 5);
  expect(waiting).toHaveLength(3);
});

it('gives an old answer for a while, and makes a new one meanwhile; a failure of that is tried again by the next', async () => {
  const { time, waiting, share } = await setUpWithOldAnswer();
  time.now = 100;
  expect([await share('a', 2), await share('a', 3)]).toEqual(['first', 'first']);
  expect(waiting).toHaveLength(2);
  waiting[1]?.reject(new Error('away'));
  await vi.waitFor(async () => {
    expect(await share('a', 4)).toBe('first');
    expect(waiting).toHaveLength(3);
  });
  waiting[2]?.resolve('second');
  await vi.waitFor(async () => expect(await share('a', 5)).toBe('second'));
  time.now = 1_200;
  void share('a', 6);
  expect(waiting).toHaveLength(4);
});

it('waits for the answer that is being made when the old one is too old, and asks no second time', async () => {
  const { time, waiting, share } = await setUpWithOldAnswer();
  time.now = 1_000;
  expect(await share('a', 2)).toBe('first');
  time.now = 1_200;
  const late = [share('a', 3), share('a', 4)];
  void share('b', 5);
  expect(waiting).toHaveLength(3);
  waiting[1]?.resolve('second');
  expect(await Promise.all(late)).toEqual(['second', 'second']);
});

it('gives nobody an older answer than they take', async () => {
  const { time, waiting, share } = await setUpWithOldAnswer();
  time.now = 300;
  expect(await share('a', 2)).toBe('first');
  expect(waiting).toHaveLength(2);
  const exacting = share('a', 3, 200);
  expect(waiting).toHaveLength(2);
  waiting[1]?.resolve('second');
  expect(await exacting).toBe('second');
});

it('leaves the old answer to the patient when somebody wants a new one', async () => {
  const { time, waiting, share } = await setUpWithOldAnswer();
  time.now = 300;
  const exacting = share('a', 2, 100);
  expect(await share('a', 3)).toBe('first');
  expect(waiting).toHaveLength(2);
  waiting[1]?.resolve('second');
  expect(await exacting).toBe('second');
  expect(await share('a', 4)).toBe('second');
});

describe('as a last resort', () => {
  const lastResort = { oldMs: 10_000, waitMs: 400 };

  it('gives an old answer when the new one does not come in time, and the new one when it does', async () => {
    const { time, waiting, share } = await setUpWithOldAnswer({ lastResort });
    vi.useFakeTimers();
    time.now = 1_100;
    const waited = share('a', 2);
    await vi.advanceTimersByTimeAsync(400);
    expect(await waited).toBe('first');
    const inTime = share('a', 3);
    expect(waiting).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(399);
    waiting[1]?.resolve('second');
    expect(await inTime).toBe('second');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives it when the new one fails, until it is too old; to nobody who takes none', async () => {
    const { time, waiting, share } = await setUpWithOldAnswer({ lastResort });
    time.now = 10_099;
    const [patient, exacting] = [share('a', 2), share('a', 3, 5_000)];
    waiting[1]?.reject(new Error('away'));
    expect(await patient).toBe('first');
    await expect(exacting).rejects.toThrow('away');
    time.now = 10_100;
    const late = share('a', 4);
    waiting[2]?.reject(new Error('away'));
    await expect(late).rejects.toThrow('away');
    expect(waiting).toHaveLength(3);
  });
});
