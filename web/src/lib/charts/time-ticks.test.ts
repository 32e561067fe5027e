import { describe, expect, it } from 'vitest';
import { timeTicks } from './time-ticks';

const edges = (from: string, stepMs: number, count: number) =>
  Array.from({ length: count }, (_, place) => Date.parse(from) + place * stepMs);

describe('ticks of time', () => {
  it('stand at round hours of the desk', () => {
    const ticks = timeTicks(edges('2026-11-21T23:00:00Z', 900_000, 96), 'Europe/Berlin', 8);
    expect(ticks.map(({ text }) => text)).toEqual([
      '22 Nov',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
      '18:00',
      '21:00',
    ]);
  });
  it('are days for weeks, and months of a year beyond that', () => {
    const weeks = timeTicks(edges('2026-11-01T00:00:00Z', 43_200_000, 56), 'UTC', 8);
    expect(weeks.map(({ text }) => text)).toEqual(['1 Nov', '5 Nov', '9 Nov', '13 Nov', '17 Nov', '21 Nov', '25 Nov']);
    const years = timeTicks(edges('2016-01-01T00:00:00Z', 7 * 86_400_000, 150), 'UTC', 8);
    expect(years[0]?.text).toBe('Jan 2016');
    expect(years.length).toBeLessThanOrEqual(8);
  });
  it('are none without buckets', () => expect(timeTicks([], 'UTC', 8)).toEqual([]));
});
