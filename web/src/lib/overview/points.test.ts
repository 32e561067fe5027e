import type { Completeness } from '@deskwire/contracts/kpi';
import { describe, expect, it } from 'vitest';
import type { OverviewFigures } from './figures';
import { courseOf, hatchedOf } from './points';

const hour = (of: number) => new Date(Date.UTC(2026, 10, 22, of)).toISOString();
const ms = (of: number) => Date.UTC(2026, 10, 22, of);

/** A day so far of eight hours, of which `completeness` is said. */
function figuresWith(completeness: Completeness): OverviewFigures {
  const answer = {
    ...{ value: 4, n: 4, unit: 'tickets' as const, cohort: '', as_of: hour(8), watermark: hour(8), completeness },
  };
  return {
    ...{ scope: 'all', from: hour(0), to: hour(8), at: hour(8), answers: { created: answer }, stepMs: 3_600_000 },
    stored: null,
    compared: { from: hour(0), to: hour(8), figures: {}, completeness: {} },
    buckets: Array.from({ length: 8 }, (_, place) => ({
      ...{ from: hour(place), to: hour(place + 1), state: 'known' as const, figures: {} },
    })),
    ...{ priorities: [], teams: [] },
  };
}

describe('hatched buckets', () => {
  it('are those of the part that is named, also when it is one instant', () => {
    const lost = figuresWith({ state: 'incomplete', missing: 3, from: hour(3), to: hour(5) });
    expect(hatchedOf(lost, 'created')).toEqual([
      { from: ms(3), to: ms(4) },
      { from: ms(4), to: ms(5) },
    ]);
    const instant = figuresWith({ state: 'incomplete', missing: 1, from: hour(6), to: hour(6) });
    expect(hatchedOf(instant, 'created')).toEqual([{ from: ms(6), to: ms(7) }]);
  });

  it('are those of each of several losses, and none of what lies between', () => {
    const spans = [
      { from: hour(1), to: hour(1) },
      { from: hour(6), to: hour(7) },
      { from: hour(0), to: hour(8) },
    ];
    const lost = figuresWith({ state: 'incomplete', missing: 3, from: hour(0), to: hour(8), spans });
    expect(hatchedOf(lost, 'created')).toEqual([
      { from: ms(1), to: ms(2) },
      { from: ms(6), to: ms(7) },
    ]);
  });

  it('are none when all of the range is meant, or nothing is missing', () => {
    expect(hatchedOf(figuresWith({ state: 'incomplete', missing: 1, from: hour(0), to: hour(8) }), 'created')).toEqual(
      [],
    );
    expect(hatchedOf(figuresWith({ state: 'incomplete', why: 'rows do not add up' }), 'created')).toEqual([]);
    expect(hatchedOf(figuresWith({ state: 'complete' }), 'created')).toEqual([]);
  });
});

describe('a small line', () => {
  const course = (name: 'csat' | 'first_reply_time' | 'created', buckets: OverviewFigures['buckets']) =>
    courseOf({ ...figuresWith({ state: 'complete' }), buckets }, name).map(({ from, to, value, unfinished }) => [
      ...[new Date(from).getUTCHours(), new Date(to).getUTCHours(), value],
      ...(unfinished ? ['unfinished'] : []),
    ]);
  const known = (place: number, figures: OverviewFigures['buckets'][number]['figures'], state = 'known' as const) => ({
    ...{ from: hour(place), to: hour(place + 1), state, figures },
  });
  const rated = (place: number, n: number, value: number | null) => known(place, { csat: { n, value } });

  it('draws one rate of as many buckets as have five ratings together, and none across what is not known', () => {
    const unknown = { from: hour(5), to: hour(6), state: 'unknown' as const, figures: {} };
    const buckets = [
      ...[rated(0, 0, null), rated(1, 4, 0.5), rated(2, 4, 1), rated(3, 10, 0.9), rated(4, 4, 1)],
      ...[unknown, rated(6, 4, 1), rated(7, 1, 0)],
    ];
    expect(course('csat', buckets)).toEqual([
      [0, 3, 0.75],
      [3, 4, 0.9],
      [4, 5, null],
      [5, 6, null],
      [6, 8, 0.8],
    ]);
  });

  it('is unfinished where one of them is, and ends where ratings are too few', () => {
    const last = { ...rated(1, 2, 1), state: 'provisional' as const };
    expect(course('csat', [rated(0, 3, 1), last, rated(2, 4, 1)])).toEqual([
      [0, 2, 1, 'unfinished'],
      [2, 3, null],
    ]);
  });

  it('has no median of few, none where few are dense, and every count', () => {
    const replies = (place: number, n: number) =>
      known(place, { first_reply_time: { n, value: { p50: 60, p90: 90, mean: 70 } } });
    const dense = [replies(0, 5), replies(1, 5), replies(2, 4), replies(3, 6)];
    expect(course('first_reply_time', dense).map(([, , value]) => value)).toEqual([60, 60, null, 60]);
    expect(course('first_reply_time', [...dense, replies(4, 0)]).every(([, , value]) => value === null)).toBe(true);
    const unknown = { from: hour(4), to: hour(5), state: 'unknown' as const, figures: {} };
    expect(course('first_reply_time', [...dense, unknown]).map(([, , value]) => value)).toEqual([
      60,
      60,
      null,
      60,
      null,
    ]);
    const created = (place: number, n: number) => known(place, { created: { n, value: n } });
    expect(course('created', [created(0, 0), created(1, 2)])).toEqual([
      [0, 1, 0],
      [1, 2, 2],
    ]);
  });
});
