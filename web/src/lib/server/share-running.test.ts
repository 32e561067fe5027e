import { expect, it } from 'vitest';
import { shareRunning } from './share-running';

function setUp() {
  const time = { now: 0 };
  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const share = shareRunning(() => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })), {
    clock: () => time.now,
  });
  return { time, waiting, share };
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
