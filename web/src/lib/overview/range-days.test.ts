import { expect, it } from 'vitest';
import { daysOf } from './range-days';

it('leaves days as they are', () => {
  expect(daysOf({ from: '2026-11-20', to: '2026-11-22' }, 'Pacific/Auckland')).toEqual({
    from: '2026-11-20',
    to: '2026-11-22',
  });
});

it('takes instants, as from a zoom, by the days of the desk, the last one included', () => {
  const half = { from: '2026-11-21T23:00:00.000Z', to: '2026-11-22T11:00:00.000Z' };
  expect(daysOf(half, 'Europe/Berlin')).toEqual({ from: '2026-11-22', to: '2026-11-22' });
  const whole = { from: '2026-11-22T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' };
  expect(daysOf(whole, 'UTC')).toEqual({ from: '2026-11-22', to: '2026-11-22' });
});
