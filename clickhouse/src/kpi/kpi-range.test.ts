import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { bucketEdges, daysBefore, sameTimeBefore, today } from './kpi-range.ts';

const times = (from: string, to: string, grain: 'minute' | 'hour' | 'day', zone: string, max = 2_000) =>
  bucketEdges({ from: Date.parse(from), to: Date.parse(to) }, grain, zone, max)?.map((ms) =>
    new Date(ms).toISOString().slice(0, 16),
  );
const hours = (edges: string[] | undefined) =>
  (edges ?? []).slice(1).map((edge, i) => (Date.parse(`${edge}Z`) - Date.parse(`${edges?.[i]}Z`)) / 3_600_000);

it('has days of 23 and 25 hours where clocks change', () => {
  expect(hours(times('2026-10-23T22:00:00Z', '2026-10-27T23:00:00Z', 'day', 'Europe/Berlin'))).toEqual([24, 25, 24]);
  expect(hours(times('2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', 'day', 'Europe/Berlin'))).toEqual([24, 23]);
  expect(times('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'hour', 'Europe/Berlin')).toHaveLength(25);
});

it('follows zones that are not whole hours from UTC', () => {
  expect(times('2026-10-10T00:00:00Z', '2026-10-10T02:00:00Z', 'hour', 'Asia/Kathmandu')).toEqual([
    '2026-10-10T00:00',
    '2026-10-10T00:15',
    '2026-10-10T01:15',
  ]);
  expect(times('2026-10-10T02:30:00Z', '2026-10-11T02:31:00Z', 'day', 'America/St_Johns')).toEqual([
    '2026-10-10T02:30',
    '2026-10-11T02:30',
  ]);
});

it('begins a bucket where clocks change by half an hour', () => {
  const edges = times('2026-10-03T14:30:00Z', '2026-10-03T17:00:00Z', 'hour', 'Australia/Lord_Howe');
  expect(edges).toEqual(['2026-10-03T14:30', '2026-10-03T15:30', '2026-10-03T16:00']);
  const back = times('2026-04-04T13:00:00Z', '2026-04-04T17:00:00Z', 'hour', 'Australia/Lord_Howe');
  expect(back).toEqual(['13:00', '14:00', '15:00', '15:30', '16:30'].map((time) => `2026-04-04T${time}`));
});

it('stops at the greatest number of buckets, and begins with the range', () => {
  expect(times('2026-01-01T00:00:30Z', '2026-01-01T00:03:00Z', 'minute', 'UTC', 3)).toEqual([
    '2026-01-01T00:00',
    '2026-01-01T00:01',
    '2026-01-01T00:02',
  ]);
  expect(times('2026-01-01T00:00:30Z', '2026-01-01T00:03:01Z', 'minute', 'UTC', 3)).toBeUndefined();
});

it('begins today at the first instant of the local day, which is not always midnight', () => {
  expect(new Date(today(Date.parse('2026-11-22T10:00:00Z'), 'Asia/Kathmandu').from).toISOString()).toBe(
    '2026-11-21T18:15:00.000Z',
  );
  expect(new Date(today(Date.parse('2018-11-04T12:00:00Z'), 'America/Sao_Paulo').from).toISOString()).toBe(
    '2018-11-04T03:00:00.000Z',
  );
});

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Africa/Cairo', 'UTC'];
it('begins days as the calendar does, in any zone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 20 * 365 * 24 * 60 }), (zone, minutes) => {
      const from = Date.UTC(2012, 0) + minutes * 60_000;
      const expected = [from];
      let day = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).startOfDay();
      for (let count = 0; count < 200; count += 1) {
        day = day.add({ days: 1 }).startOfDay();
        expected.push(day.epochMilliseconds);
      }
      expect(bucketEdges({ from, to: day.epochMilliseconds + 1 }, 'day', zone, 300)).toEqual(expected);
      expect(daysBefore(day.epochMilliseconds + 3_600_000, 200, zone)).toBe(today(from, zone).from);
    }),
    { numRuns: 40 },
  );
});

const before = (at: string, days: number, zone: string) =>
  new Date(sameTimeBefore(Date.parse(at), days, zone)).toISOString().slice(0, 16);
it('finds the same time of another day; of one that came twice the first, of one that did not come the change', () => {
  expect(before('2026-10-26T09:07:00Z', 1, 'Europe/Berlin')).toBe('2026-10-25T09:07');
  expect(before('2026-10-25T09:07:00Z', 1, 'Europe/Berlin')).toBe('2026-10-24T08:07');
  expect(before('2026-10-26T01:30:00Z', 1, 'Europe/Berlin')).toBe('2026-10-25T00:30');
  expect(before('2026-11-02T06:30:00Z', 1, 'America/New_York')).toBe('2026-11-01T05:30');
  expect(before('2026-04-05T14:45:00Z', 0, 'Australia/Lord_Howe')).toBe('2026-04-05T14:45');
  for (const minute of ['00', '30', '59'])
    expect(before(`2026-03-30T00:${minute}:00Z`, 1, 'Europe/Berlin')).toBe('2026-03-29T01:00');
  expect(before('2026-03-09T06:30:00Z', 1, 'America/New_York')).toBe('2026-03-08T07:00');
  expect(before('2026-10-04T15:15:00Z', 1, 'Australia/Lord_Howe')).toBe('2026-10-03T15:30');
});
