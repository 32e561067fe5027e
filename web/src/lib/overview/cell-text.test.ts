import type { Completeness } from '@deskwire/contracts/kpi';
import { describe, expect, it } from 'vitest';
import { cellText } from './cell-text';
import { isMarkedAmongMany, trustMark, worstMark, type MarkState } from './trust-mark';

const trusted = (completeness: Completeness, fresh = true) => ({
  completeness,
  mark: trustMark({ completeness, asOf: '2026-11-22T10:14:00.000Z', fresh, isToday: true, zone: 'UTC' }),
});
const [none, twelve] = [
  { value: null, n: 0 },
  { value: 12, n: 12 },
];
const wait = { value: { p50: 840, p90: 900, mean: 850 }, n: 9 };

describe('a cell', () => {
  it('shows a number as it is while nothing speaks against it', () => {
    expect(cellText('created', twelve, trusted({ state: 'complete' }))).toEqual({
      ...{ text: '12', said: '12', isQuiet: false },
    });
    expect(cellText('backlog', none, trusted({ state: 'provisional' })).text).toBe('0');
    expect(cellText('first_reply_time', none, trusted({ state: 'complete' })).text).toBe('none');
  });
  it('has no number where nothing is known: that never looks like zero', () => {
    for (const figure of [none, twelve, undefined])
      expect(cellText('created', figure, trusted({ state: 'unknown' }))).toMatchObject({
        ...{ text: 'no data', said: 'not known', isQuiet: true },
      });
    expect(cellText('csat', undefined, trusted({ state: 'complete' })).text).toBe('no data');
  });
  it('bounds what is incomplete, also where nothing was counted', () => {
    const incomplete = trusted({ state: 'incomplete', missing: 3 });
    expect(cellText('created', twelve, incomplete)).toMatchObject({ text: '≥ 12', said: 'at least 12' });
    expect(cellText('solved', none, incomplete).text).toBe('≥ 0');
    expect(cellText('backlog', twelve, incomplete).text).toBe('12 ± 3');
    expect(cellText('backlog', none, incomplete).text).toBe('0 ± 3');
    expect(cellText('first_reply_time', wait, incomplete).said).toBe('14 min, may change');
  });
  it('says of how many a median or a rate is, beside it', () => {
    expect(cellText('first_reply_time', wait, trusted({ state: 'complete' }))).toMatchObject({
      text: '14 min',
      n: 'n 9',
    });
    expect(cellText('csat', { value: 1, n: 3 }, trusted({ state: 'complete' }))).not.toHaveProperty('n');
    expect(cellText('created', twelve, trusted({ state: 'complete' }))).not.toHaveProperty('n');
  });
  it('is quiet when it is old', () => {
    expect(cellText('created', twelve, trusted({ state: 'complete' }, false))).toMatchObject({
      ...{ text: '12', isQuiet: true },
    });
  });
});

it('marks among many figures only what is wrong with one of them', () => {
  const states: MarkState[] = ['complete', 'provisional', 'incomplete', 'stale', 'unknown', 'revised'];
  expect(states.filter((state) => isMarkedAmongMany({ state, word: '' }))).toEqual([
    'incomplete',
    'unknown',
    'revised',
  ]);
});

it('names the source that is silent, where there is room', () => {
  const of = (silent: string[]) => trusted({ state: 'unknown', from: '2026-11-22T10:03:00.000Z', silent }).mark;
  expect(of(['rt'])).toEqual({ state: 'unknown', word: 'no data since 10:03', named: 'no data from rt since 10:03' });
  expect(of(['rt', 'zendesk']).named).toBe('no data from 2 sources since 10:03');
});

it('says of many marks the worst', () => {
  const mark = (state: MarkState) => ({ state, word: '' });
  expect(worstMark([mark('complete'), mark('stale'), mark('incomplete'), mark('provisional')])?.state).toBe(
    'incomplete',
  );
  expect(worstMark([])).toBeUndefined();
});
