import type { Completeness } from '@deskwire/contracts/kpi';
import { expect, it } from 'vitest';
import { createSteadyMarks } from './steady-marks';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString();

/** Shows answers of two figures one after the other, each with its states, and says which states are shown. */
function setUp() {
  const show = createSteadyMarks();
  const answer = (state: Completeness['state'], second: number) => ({
    ...{ value: 4, n: 4, unit: 'tickets' as const, cohort: '', as_of: at(second), watermark: at(second) },
    completeness: { state },
  });
  return (second: number, created: Completeness['state'], backlog: Completeness['state'] = created) => {
    const shown = show({ created: answer(created, second), backlog: answer(backlog, second) }, at(second));
    return [shown.created?.completeness.state, shown.backlog?.completeness.state];
  };
}

it('shows what is complete as complete while nothing is on its way', () => {
  const shown = setUp();
  expect(shown(0, 'complete')).toEqual(['complete', 'complete']);
  expect(shown(1, 'complete')).toEqual(['complete', 'complete']);
});

it('shows at once that something is on its way, and that nothing is only ten seconds after the last of it', () => {
  const shown = setUp();
  expect(shown(0, 'complete')).toEqual(['complete', 'complete']);
  expect(shown(1, 'provisional')).toEqual(['provisional', 'provisional']);
  expect(shown(2, 'complete')).toEqual(['provisional', 'provisional']);
  expect(shown(5, 'complete', 'provisional')).toEqual(['provisional', 'provisional']);
  expect(shown(14, 'complete')).toEqual(['provisional', 'provisional']);
  expect(shown(15, 'complete')).toEqual(['complete', 'complete']);
});

it('leaves what is worse as it is', () => {
  const shown = setUp();
  expect(shown(0, 'provisional', 'incomplete')).toEqual(['provisional', 'incomplete']);
  expect(shown(1, 'complete', 'unknown')).toEqual(['provisional', 'unknown']);
  expect(shown(2, 'stale', 'revised')).toEqual(['stale', 'revised']);
});
