import { describe, expect, it } from 'vitest';
import { comparedRange, overviewEdges, rangeOf } from './overview-range';

const zone = 'Europe/Berlin';
const now = Date.parse('2026-11-22T11:07:00Z');
const text = ({ from, to }: { from?: number; to?: number }) =>
  [from, to].flatMap((ms) => (ms === undefined ? [] : [new Date(ms).toISOString().slice(0, 16)]));

describe('ranges of the overview', () => {
  it('follow the days of the desk', () => {
    expect(text(rangeOf({ name: 'today' }, now, zone))).toEqual([]);
    expect(text(rangeOf({ name: 'yesterday' }, now, zone))).toEqual(['2026-11-20T23:00', '2026-11-21T23:00']);
    expect(text(rangeOf({ name: '7d' }, now, zone))).toEqual(['2026-11-15T23:00']);
  });
  it('take days of the desk as whole days, in any zone', () => {
    const days = { name: 'custom', from: '2026-11-20', to: '2026-11-20' } as const;
    expect(text(rangeOf(days, now, zone))).toEqual(['2026-11-19T23:00', '2026-11-20T23:00']);
    expect(text(rangeOf(days, now, 'Pacific/Kiritimati'))).toEqual(['2026-11-19T10:00', '2026-11-20T10:00']);
    expect(text(rangeOf(days, now, 'Pacific/Pago_Pago'))).toEqual(['2026-11-20T11:00', '2026-11-21T11:00']);
    const clocksChange = { name: 'custom', from: '2026-10-25', to: '2026-10-25' } as const;
    expect(text(rangeOf(clocksChange, now, zone))).toEqual(['2026-10-24T22:00', '2026-10-25T23:00']);
  });
  it('compare today with yesterday up to the same time, and anything else with as long before', () => {
    const today = { from: Date.parse('2026-11-21T23:00:00Z'), to: now };
    expect(text(comparedRange({ name: 'today' }, today, { zone, now }))).toEqual([
      '2026-11-20T23:00',
      '2026-11-21T11:07',
    ]);
    expect(text(comparedRange({ name: 'yesterday' }, { from: 100 * 60_000, to: 150 * 60_000 }, { zone, now }))).toEqual(
      ['1970-01-01T00:50', '1970-01-01T01:40'],
    );
  });
  it('compare what is not over with as much of the period before', () => {
    const range = { name: 'custom', from: '2026-11-22', to: '2026-11-22' } as const;
    const day = { from: Date.parse('2026-11-21T23:00:00Z'), to: Date.parse('2026-11-22T23:00:00Z') };
    const compared = (at: string) => text(comparedRange(range, day, { zone, now: Date.parse(at) }));
    expect(compared('2026-11-22T08:00:00Z')).toEqual(['2026-11-20T23:00', '2026-11-21T08:00']);
    expect(compared('2026-11-23T08:00:00Z')).toEqual(['2026-11-20T23:00', '2026-11-21T23:00']);
    expect(compared('2026-11-20T08:00:00Z')).toEqual(['2026-11-20T23:00', '2026-11-21T23:00']);
  });
  it('have some tens of buckets, on round times', () => {
    const today = { from: Date.parse('2026-11-21T23:00:00Z'), to: now };
    const { stepMs, edges } = overviewEdges(today, zone);
    expect([stepMs, edges.length]).toEqual([15 * 60_000, 49]);
    const odd = overviewEdges({ from: now - 90 * 60_000, to: now }, zone);
    expect(new Date(odd.edges[1] ?? 0).toISOString()).toBe('2026-11-22T09:40:00.000Z');
    const tenYears = overviewEdges({ from: now - 3_650 * 86_400_000, to: now }, zone);
    expect(tenYears.edges.length).toBeLessThan(530);
  });
});
