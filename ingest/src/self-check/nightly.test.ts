import { expect, it } from 'vitest';
import { lastNight } from './nightly.ts';

const night = (text: string, zone: string) => lastNight(Date.parse(text), zone);

it('begins a new night at 03:10 of the zone', () => {
  expect(night('2026-11-22T02:10:00Z', 'Europe/Berlin') - night('2026-11-22T02:09:59Z', 'Europe/Berlin')).toBe(1);
  expect(night('2026-11-22T03:10:00Z', 'UTC') - night('2026-11-22T03:09:59Z', 'UTC')).toBe(1);
  expect(night('2026-11-22T23:59:59Z', 'UTC')).toBe(night('2026-11-22T03:10:00Z', 'UTC'));
  expect(night('2026-11-23T03:09:59Z', 'UTC')).toBe(night('2026-11-22T03:10:00Z', 'UTC'));
});

it('has every night once when the clocks change', () => {
  for (const day of ['2026-03-29', '2026-10-25']) {
    const nights = Array.from({ length: 48 * 60 }, (_, minute) =>
      lastNight(Date.parse(`${day}T00:00:00Z`) + (minute - 12 * 60) * 60_000, 'Europe/Berlin'),
    );
    expect(new Set(nights.map((n, i) => n - (nights[i - 1] ?? n)))).toEqual(new Set([0, 1]));
    expect((nights.at(-1) ?? 0) - (nights[0] ?? 0)).toBe(2);
  }
});
