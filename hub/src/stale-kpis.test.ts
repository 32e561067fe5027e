import { completeness, type Completeness } from '@deskwire/contracts/kpi';
import { expect, it } from 'vitest';
import { staleKpis } from './stale-kpis.ts';

const at = '2026-11-22T12:00:00.000Z';
const stateAfter = (before: Completeness): Completeness['state'] | undefined => {
  const answer = {
    value: 3,
    n: 3,
    unit: 'tickets' as const,
    cohort: '',
    as_of: at,
    watermark: at,
    completeness: before,
  };
  return staleKpis({ range: 'today', zone: 'UTC', kpis: { created: answer } }, Date.parse(at)).kpis.created
    ?.completeness.state;
};

it('says of figures that are merely old that they are stale, and keeps what is worse', () => {
  const states = completeness.shape.state.options;
  expect(Object.fromEntries(states.map((state) => [state, stateAfter({ state })]))).toEqual({
    ...{ complete: 'stale', provisional: 'stale', revised: 'stale', stale: 'stale' },
    ...{ incomplete: 'incomplete', unknown: 'unknown' },
  });
});
