import { expect, it } from 'vitest';
import { bucketEdges, today } from './kpi-range.ts';

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
