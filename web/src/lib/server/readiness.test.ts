import { expect, it, vi } from 'vitest';
import { createReadiness } from './readiness';

it('asks every part again after a second, also when the time of day was set back', async () => {
  let [now, clock] = [Date.parse('2026-01-01T12:00:00Z'), 0];
  const pingClickHouse = vi.fn(() => Promise.resolve(true));
  const connection = () => {
    throw new Error('NATS does not answer');
  };
  const ask = createReadiness({ link: { connection }, pingClickHouse, now: () => now, clock: () => clock });
  await ask();
  [now, clock] = [now - 3_600_000, 999];
  expect((await ask()).at).toBe('2026-01-01T12:00:00.000Z');
  clock = 1_000;
  expect((await ask()).at).toBe('2026-01-01T11:00:00.000Z');
  expect(pingClickHouse).toHaveBeenCalledTimes(2);
});
