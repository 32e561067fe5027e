import type { Completeness } from '@deskwire/contracts/kpi';
import { describe, expect, it } from 'vitest';
import type { OverviewFigures } from './figures';
import { hatchedOf } from './points';

const hour = (of: number) => new Date(Date.UTC(2026, 10, 22, of)).toISOString();
const ms = (of: number) => Date.UTC(2026, 10, 22, of);

/** A day so far of eight hours, of which `completeness` is said. */
function figuresWith(completeness: Completeness): OverviewFigures {
  const answer = {
    ...{ value: 4, n: 4, unit: 'tickets' as const, cohort: '', as_of: hour(8), watermark: hour(8), completeness },
  };
  return {
    ...{ scope: 'all', from: hour(0), to: hour(8), at: hour(8), answers: { created: answer }, stepMs: 3_600_000 },
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

  it('are none when all of the range is meant, or nothing is missing', () => {
    expect(hatchedOf(figuresWith({ state: 'incomplete', missing: 1, from: hour(0), to: hour(8) }), 'created')).toEqual(
      [],
    );
    expect(hatchedOf(figuresWith({ state: 'incomplete', why: 'rows do not add up' }), 'created')).toEqual([]);
    expect(hatchedOf(figuresWith({ state: 'complete' }), 'created')).toEqual([]);
  });
});
