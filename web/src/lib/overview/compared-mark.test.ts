import type { Completeness } from '@deskwire/contracts/kpi';
import { expect, it } from 'vitest';
import { comparedFigure, comparedMark } from './compared-mark';

const at = '2026-11-22T12:00:00.000Z';
const before = (completeness: Completeness) => ({
  compared: { from: at, to: at, figures: { created: { value: 9, n: 9 } }, completeness: { created: completeness } },
});
const asked = { view: { range: { name: 'today' as const } }, zone: 'UTC' };

it('says what speaks against the period before, and why', () => {
  const short = before({ state: 'incomplete', missing: 12, why: '12 messages were gone' });
  expect(comparedMark('created', short, asked)).toMatchObject({
    ...{ mark: { state: 'incomplete' } },
    says: 'yesterday by this time: 12 missing: 12 messages were gone',
  });
  expect(comparedFigure('created', short)?.n).toBe(9);
  const late = before({ state: 'revised', why: '3 changes arrived too late to count' });
  expect(comparedMark('created', late, asked)?.says).toBe(
    'yesterday by this time: may differ: 3 changes arrived too late to count',
  );
});

it('is silent where nothing does', () => {
  expect(comparedMark('created', before({ state: 'complete' }), asked)).toBeUndefined();
});

it('compares with nothing that is not known', () => {
  const silent = before({ state: 'unknown', from: at });
  expect(comparedFigure('created', silent)).toBeUndefined();
  expect(comparedMark('created', silent, asked)?.says).toBe('yesterday by this time: no data since 12:00');
  expect(comparedMark('solved', silent, asked)?.mark.state).toBe('unknown');
});
