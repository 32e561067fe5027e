import { createLog } from '@deskwire/runtime/log';
import { afterEach, expect, it, vi } from 'vitest';
import { lastNight, runNightly } from './nightly.ts';

afterEach(() => void vi.useRealTimers());

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

it('works once a night where it is its turn, and again the night after a failure', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  const worked: string[] = [];
  let isMine = true;
  const work = () => {
    worked.push(new Date().toISOString().slice(0, 16));
    return worked.length === 1 ? Promise.reject(new Error('ClickHouse is away')) : Promise.resolve();
  };
  const stop = new AbortController();
  const log = createLog('ingest', 'silent');
  const running = runNightly({ zone: 'UTC', isMine: () => isMine, work, log, clock: Date.now }, stop.signal);
  const hours = (count: number) => vi.advanceTimersByTimeAsync(count * 3_600_000);
  await hours(15);
  expect(worked).toEqual([]);
  await hours(34);
  expect(worked).toEqual(['2026-11-23T03:10', '2026-11-24T03:10']);
  isMine = false;
  await hours(24);
  isMine = true;
  await hours(24);
  expect(worked.slice(2)).toEqual(['2026-11-26T03:10']);
  stop.abort();
  await running;
});
