import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRows, formatRange, missingRows, parseRange } from './row-ranges.ts';

const range = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 9 }))
  .map(([from, length]) => ({ from, to: from + length }));

describe('missingRows', () => {
  it('names every row that no stored range holds, once and in order', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(range), (total, stored) => {
        const missing = missingRows(total, stored).flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, i) => from + i),
        );
        const expected = Array.from({ length: total }, (_, row) => row).filter(
          (row) => !stored.some(({ from, to }) => row >= from && row < to),
        );
        expect(missing).toEqual(expected);
        expect(countRows(missingRows(total, stored))).toBe(expected.length);
      }),
    );
  });
});

describe('parseRange', () => {
  it('reads what formatRange wrote, and nothing else', () => {
    expect(parseRange(formatRange({ from: 100, to: 200 }))).toEqual({ from: 100, to: 200 });
    for (const text of ['', '5', '7-7', '9-3', '1-2-3', '-1-2', 'a-b']) expect(parseRange(text)).toBeUndefined();
  });
});
