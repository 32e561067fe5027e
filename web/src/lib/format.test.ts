import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatClock,
  formatCount,
  formatDuration,
  formatMoment,
  formatRange,
  formatRate,
  formatShare,
  formatSpan,
  formatWholeSpan,
} from './format';

describe('figures as people read them', () => {
  it('spans grow coarser as they grow', () => {
    const spans = [0, 430, 9_940, 12_900, 119_000, 120_000, 7_200_000, 172_800_000];
    expect(spans.map(formatSpan)).toEqual(['0.0 s', '0.4 s', '9.9 s', '12 s', '119 s', '2 min', '2 h', '2 d']);
    expect(formatSpan(-5)).toBe('0.0 s');
  });
  it('ago has whole seconds', () => {
    expect([300, 1_000, 9_999, 61_000].map(formatAgo)).toEqual(['now', '1 s ago', '9 s ago', '61 s ago']);
    expect([-5, 300, 9_999, 61_000, 180_000].map(formatWholeSpan)).toEqual(['0 s', '0 s', '9 s', '61 s', '3 min']);
  });
  it('rates keep a decimal while it says something', () => {
    expect([0, 0.3, 99.94, 84_211.4].map(formatRate)).toEqual(['0', '0.3', '99.9', '84,211']);
  });
  it('counts are grouped', () => expect(formatCount(1_234_567)).toBe('1,234,567'));
  it('moments of today have no date', () => {
    const at = '2026-11-30T23:05:08.000Z';
    expect(formatMoment(at, 'UTC', Date.parse(at) - 60_000)).toBe('today at 23:05');
    expect(formatMoment(at, 'Europe/Berlin', Date.parse(at) - 7_200_000)).toBe('on 1 Dec 2026, 00:05');
  });
  it('clocks follow the zone of the desk and name another day', () => {
    const noon = '2026-11-22T12:00:00.000Z';
    expect(formatClock(noon, 'UTC')).toBe('12:00:00');
    expect(formatClock(noon, 'Asia/Tokyo', Date.parse(noon) + 1_000)).toBe('21:00:00');
    expect(formatClock(noon, 'UTC', Date.parse(noon) + 86_400_000)).toBe('22 Nov 2026, 12:00:00');
  });
  it('durations of the desk and rates keep what says something', () => {
    expect([42, 840, 4_320, 267_840].map(formatDuration)).toEqual(['42 s', '14 min', '72 min', '3.1 d']);
    expect(formatDuration(5_400)).toBe('1.5 h');
    expect(formatShare(0.9412)).toBe('94.1 %');
  });
  it('ranges name what differs', () => {
    expect(formatRange('2026-11-22T14:05:00Z', '2026-11-22T15:00:00Z', 'UTC')).toBe('22 Nov, 14:05 to 15:00');
    expect(formatRange('2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z', 'UTC')).toBe('22 Nov');
    expect(formatRange('2025-11-22T00:00:00Z', '2026-11-23T00:00:00Z', 'UTC')).toBe('22 Nov 2025 to 22 Nov 2026');
    expect(formatRange('2026-11-22T14:05:00Z', '2026-11-22T15:00:00Z', 'UTC', 'always')).toBe(
      '22 Nov 2026, 14:05 to 15:00',
    );
    expect(formatRange('2026-11-16T00:00:00Z', '2026-11-22T12:00:00Z', 'UTC')).toBe('16 Nov, 00:00 to 22 Nov, 12:00');
  });
  it('what lies within a minute is said as one moment, also at midnight', () => {
    expect(formatRange('2026-11-22T16:11:02Z', '2026-11-22T16:11:59Z', 'UTC')).toBe('22 Nov at 16:11');
    expect(formatRange('2026-11-22T16:11:02Z', '2026-11-22T16:11:02Z', 'UTC', 'always')).toBe('22 Nov 2026 at 16:11');
    expect(formatRange('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'UTC')).toBe('1 Jan at 00:00');
    expect(formatRange('2026-11-22T00:00:10Z', '2026-11-22T00:00:40Z', 'UTC')).toBe('22 Nov at 00:00');
    expect(formatRange('2026-11-22T16:11:59Z', '2026-11-22T16:12:01Z', 'UTC')).toBe('22 Nov, 16:11 to 16:12');
    expect(formatRange('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', 'Europe/Berlin')).toBe('25 Oct, 02:30 to 02:30');
  });
});
