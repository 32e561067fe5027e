import { expect, it } from 'vitest';
import { createKpiFrames } from './kpi-frames.ts';
import { fakeClock } from './testing/fake-clock.ts';

const message = (epoch: number, seq: number) => ({
  ...{ ch: 'kpi:all', epoch, seq, prev: seq - 1, kind: 'frame', at: '2026-11-22T12:00:00.000Z' },
  data: { range: 'today', zone: 'UTC', kpis: {} },
});

it('gives the last frame at once, stamped with the server’s time of now', async () => {
  const clock = fakeClock();
  const frames = createKpiFrames(clock);
  frames.take(message(7, 1));
  await clock.advance(1_200);
  await expect(frames.current('all')).resolves.toMatchObject({ seq: 1, at: '2026-11-22T12:00:01.200Z' });
  expect(frames.head('all')).toEqual({ epoch: 7, head: 1 });
});

it('waits for the next frame instead of giving an old one, and gives that when none comes', async () => {
  const clock = fakeClock();
  const frames = createKpiFrames(clock);
  frames.take(message(7, 1));
  await clock.advance(60_000);
  const next = frames.current('all');
  frames.take(message(7, 2));
  await expect(next).resolves.toMatchObject({ seq: 2 });
  await clock.advance(60_000);
  const old = frames.current('all');
  await clock.advance(5_000);
  await expect(old).resolves.toMatchObject({ seq: 2, at: '2026-11-22T12:01:04.000Z' });
  const none = frames.current('team:sales');
  await clock.advance(5_000);
  await expect(none).resolves.toBeUndefined();
});

it('ignores who has lost the lease, unless nobody else speaks any more, and what is no frame', async () => {
  const clock = fakeClock();
  const frames = createKpiFrames(clock);
  expect(frames.take(message(9, 1))).toMatchObject({ scope: 'all' });
  expect(frames.take(message(8, 50))).toBeUndefined();
  expect(frames.take({ ...message(9, 2), ch: 'flow' })).toBeUndefined();
  expect(frames.take('{}')).toBeUndefined();
  await clock.advance(11_000);
  expect(frames.take(message(1, 1))).toMatchObject({ scope: 'all' });
});

it('forgets the scopes that nothing was said of for longest', async () => {
  const clock = fakeClock();
  const frames = createKpiFrames(clock);
  frames.take(message(7, 1));
  for (let n = 0; n < 1_000; n += 1) frames.take({ ...message(7, 2), ch: `kpi:team:t${n}` });
  expect([frames.known().size, frames.known().has('all'), frames.known().has('team:t0')]).toEqual([1_000, false, true]);
  frames.take({ ...message(7, 3), ch: 'kpi:team:t0' });
  frames.take(message(7, 4));
  expect([frames.known().size, frames.known().has('team:t0'), frames.known().has('team:t1')]).toEqual([
    1_000,
    true,
    false,
  ]);
  await clock.advance(0);
});
