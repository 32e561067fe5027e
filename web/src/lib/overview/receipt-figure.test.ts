import type { KpiAnswer, KpiFigure } from '@deskwire/contracts/kpi';
import { describe, expect, it } from 'vitest';
import type { OverviewFigures } from './figures';
import { hasMovedOn, questionOf, receiptMark, receiptScope, shownFigure } from './receipt-figure';
import type { ReceiptChoice } from './view';

const clock = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();
const count = (n: number): KpiFigure => ({ value: n, n });
const answer = (n: number): KpiAnswer => ({
  ...count(n),
  ...{ unit: 'tickets', cohort: '', as_of: clock(9), watermark: clock(9), completeness: { state: 'complete' } },
});
const figures: OverviewFigures = {
  ...{ scope: 'all', from: clock(0), to: clock(8), at: clock(8), answers: {}, stepMs: 3_600_000, stored: null },
  compared: { from: clock(0), to: clock(8), figures: {}, completeness: {} },
  buckets: [{ from: clock(3), to: clock(4), state: 'known', figures: { created: count(3) } }],
  priorities: [{ group: 'low', ...count(4) }],
  teams: [{ team: 'billing', figures: { created: count(2) }, compared: {}, oldest: null }],
};
const view = { range: { name: '7d' as const }, priority: undefined };
const shown = (choice: ReceiptChoice) =>
  shownFigure(choice, { view, figures, answers: { created: answer(9), backlog: answer(7) } });
const span = { from: clock(3), to: clock(4) };

describe('the receipt of a part', () => {
  it('is asked for with its team, priority and time, within those of the view', () => {
    const asked = (choice: ReceiptChoice, priority?: 'urgent') =>
      questionOf(choice, { view: { ...view, priority }, figures });
    expect(asked({ name: 'created', team: 'billing' }, 'urgent')).toEqual({
      ...{ name: 'created', scope: 'all', team: 'billing', priority: 'urgent' },
      range: { from: clock(0), to: undefined },
    });
    const over = questionOf({ name: 'created' }, { view: { ...view, range: { name: 'yesterday' } }, figures });
    expect(over.range).toEqual({ from: clock(0), to: clock(8) });
    expect(asked({ name: 'backlog', priority: '' }, 'urgent')).toMatchObject({ priority: '' });
    expect(asked({ name: 'solved', span })).toMatchObject({ range: span });
    expect(questionOf({ name: 'solved' }, { view: { ...view, range: { name: 'today' } }, figures }).range).toBe(
      undefined,
    );
  });
  it('says whose tickets it lists', () => {
    expect(receiptScope({ scope: 'all', team: 'billing', priority: 'low' })).toBe('Billing, low only');
    expect(receiptScope({ scope: 'all', team: '', priority: '' })).toBe('Without team, without priority');
    expect(receiptScope({ scope: 'team:sales', team: undefined, priority: undefined })).toBe('Sales');
  });
});

describe('the figure that the page shows of the same', () => {
  it('is that of the tile, the cell, the bar or the bucket', () => {
    expect(shown({ name: 'created' })).toMatchObject({ figure: { n: 9 }, at: clock(9) });
    expect(shown({ name: 'created', team: 'billing' })).toEqual({ figure: count(2), at: clock(8) });
    expect(shown({ name: 'backlog', priority: 'low' })).toMatchObject({ figure: { n: 4 }, at: clock(8) });
    expect(shown({ name: 'backlog', priority: 'high' })).toMatchObject({ figure: { n: 0 } });
    expect(shown({ name: 'created', span })).toEqual({ figure: count(3), at: clock(8) });
  });
  it('is none where the page shows no such figure', () => {
    expect(shown({ name: 'created', priority: 'low' })).toBeUndefined();
    expect(shown({ name: 'created', team: 'sales' })).toBeUndefined();
    expect(shown({ name: 'created', team: 'billing', span })).toBeUndefined();
    expect(shown({ name: 'created', span: { from: clock(1), to: clock(2) } })).toBeUndefined();
  });
  it('has moved on when it is newer and says something else', () => {
    const read = { figure: count(3), at: clock(5) };
    expect(hasMovedOn(read, { figure: count(4), at: clock(6) })).toBe(true);
    expect(hasMovedOn(read, { figure: count(3), at: clock(6) })).toBe(false);
    expect(hasMovedOn(read, { figure: count(2), at: clock(4) })).toBe(false);
    expect(hasMovedOn(read, undefined)).toBe(false);
    const wait = { p50: 60, p90: 90, mean: 70 };
    const median = { figure: { value: wait, n: 9 }, at: clock(5) };
    expect(hasMovedOn(median, { figure: { value: { ...wait, p50: 61 }, n: 9 }, at: clock(6) })).toBe(true);
  });
});

it('calls a range that goes on complete as of a moment, and one that is over complete', () => {
  const complete = { state: 'complete', word: 'complete' } as const;
  const word = (range: { from: string; to: string | undefined } | undefined) =>
    receiptMark(complete, { range }, clock(9), 'UTC').word;
  expect(word(undefined)).toBe('complete as of 09:00:00');
  expect(word({ from: clock(0), to: undefined })).toBe('complete as of 09:00:00');
  expect(word(span)).toBe('complete');
  const some = { state: 'incomplete', word: '2 missing' } as const;
  expect(receiptMark(some, { range: undefined }, clock(9), 'UTC')).toEqual(some);
});
