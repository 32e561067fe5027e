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
  it('compare today with yesterday up to the same time, and what is not days with as long before', () => {
    const today = { from: Date.parse('2026-11-21T23:00:00Z'), to: now };
    expect(text(comparedRange({ name: 'today' }, today, { zone, now }))).toEqual([
      '2026-11-20T23:00',
      '2026-11-21T11:07',
    ]);
    const hour = { name: 'custom', from: '1970-01-01T01:40:00Z', to: '1970-01-01T02:30:00Z' } as const;
    expect(text(comparedRange(hour, { from: 100 * 60_000, to: 150 * 60_000 }, { zone, now }))).toEqual([
      '1970-01-01T00:50',
      '1970-01-01T01:40',
    ]);
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
    const tenYears = overviewEdges({ from: now - 3_650 * dayMs, to: now }, zone);
    expect(tenYears.edges.length).toBeLessThan(530);
  });
});

const [hourMs, dayMs] = [3_600_000, 86_400_000];
/** The day on which clocks change, the offsets from UTC at its midnight and at the next one, and its length in hours. */
const changes = [
  ['Europe/Berlin', '2026-03-29', '+01:00', '+02:00', 23],
  ['Europe/Berlin', '2026-10-25', '+02:00', '+01:00', 25],
  ['America/New_York', '2026-03-08', '-05:00', '-04:00', 23],
  ['America/New_York', '2026-11-01', '-04:00', '-05:00', 25],
  ['Australia/Lord_Howe', '2026-10-04', '+10:30', '+11:00', 23.5],
  ['Australia/Lord_Howe', '2026-04-05', '+11:00', '+10:30', 24.5],
] as const;

describe.each(changes)('in %s, where clocks change on %s', (zone, day, before, after, hours) => {
  const local = (date: string, time: string, offset: string) => Date.parse(`${date}T${time}:00${offset}`);
  const shifted = (days: number) => new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
  const clock = (ms: number) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short', dateStyle: 'short' }).format(ms);
  const dayStart = local(day, '00:00', before);
  const nextStart = local(shifted(1), '00:00', after);

  it('today is compared with yesterday by this time, on that day and on the next', () => {
    expect(nextStart - dayStart).toBe(hours * hourMs);
    const running = [
      {
        ...{ date: day, from: dayStart, to: nextStart, now: local(day, '10:07', after) },
        compared: { from: local(shifted(-1), '00:00', before), to: local(shifted(-1), '10:07', before) },
      },
      {
        ...{ date: shifted(1), from: nextStart, to: nextStart + dayMs, now: local(shifted(1), '10:07', after) },
        compared: { from: dayStart, to: local(day, '10:07', after) },
      },
    ];
    for (const { date, from, to, now, compared } of running) {
      expect(comparedRange({ name: 'today' }, { from, to: now }, { zone, now })).toEqual(compared);
      expect(comparedRange({ name: 'custom', from: date, to: date }, { from, to }, { zone, now })).toEqual(compared);
    }
  });
  it('whole days are compared with whole days', () => {
    const after = { from: nextStart, to: nextStart + dayMs };
    const now = nextStart + 40 * hourMs;
    expect(comparedRange({ name: 'yesterday' }, after, { zone, now })).toEqual({ from: dayStart, to: nextStart });
    const change = { from: dayStart, to: nextStart };
    const compared = comparedRange({ name: 'custom', from: day, to: day }, change, { zone, now });
    expect(compared).toEqual({ from: dayStart - dayMs, to: dayStart });
  });
  it.each([
    [3, 6],
    [6, 15],
    [24, 60],
    [168, 100],
  ])('buckets of %i hours stand on hours of the desk before and after, in %i days', (step, days) => {
    const from = local(shifted(-2), '00:00', before);
    const to = from + days * dayMs;
    const { stepMs, edges } = overviewEdges({ from, to }, zone);
    expect(stepMs).toBe(step * hourMs);
    const hoursOf = edges.map((edge) => clock(edge).slice(-5));
    expect(new Set(hoursOf).size).toBe(Math.max(1, 24 / step));
    expect(hoursOf.every((text) => text.endsWith(':00') && Number(text.slice(0, 2)) % step === 0)).toBe(true);
    const lengths = new Set(edges.slice(1).map((edge, place) => edge - (edges[place] ?? 0) - stepMs));
    expect([...lengths].sort()).toEqual([0, (hours - 24) * hourMs].sort());
  });
});
