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
  it('name every day, also when clocks have changed', () => {
    const week = timeTicks(edges('2026-03-28T23:00:00Z', 10_800_000, 55), 'Europe/Berlin', 8);
    expect(week.map(({ text }) => text)).toEqual(['29 Mar', '30 Mar', '31 Mar', '1 Apr', '2 Apr', '3 Apr', '4 Apr']);
    const year = timeTicks(edges('2026-01-01T23:00:00Z', 7 * 86_400_000, 53), 'Europe/Berlin', 8);
    expect(year.length).toBeGreaterThan(6);
    expect((year.at(-1)?.at ?? 0) - (year[0]?.at ?? 0)).toBeGreaterThan(300 * 86_400_000);
  });
  it('are none without buckets', () => expect(timeTicks([], 'UTC', 8)).toEqual([]));
});
