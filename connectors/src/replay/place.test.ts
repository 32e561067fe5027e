import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlace } from './place.ts';

describe('createPlace', () => {
  it('never names a row below which one is unacknowledged, in whatever order acknowledgements arrive', () => {
    const order = fc.shuffledSubarray(Array.from({ length: 12 }, (_, i) => i));
    fc.assert(
      fc.property(order, (acknowledged) => {
        const place = createPlace({ row: 0, fromSeq: 1, aheadRow: 0 });
        const ranges = Array.from({ length: 12 }, (_, i) => ({ from: i * 10, to: i * 10 + 10 }));
        for (const range of ranges) place.sent(range);
        const done = new Set<number>();
        for (const i of acknowledged) {
          const range = ranges[i];
          if (range !== undefined) place.acknowledged(range, 500 + i);
          done.add(i);
          const firstMissing = ranges.findIndex((_, k) => !done.has(k));
          const reached = firstMissing < 0 ? ranges.length : firstMissing;
          expect(place.row()).toBe(reached * 10);
          expect(place.fromSeq()).toBe(reached === 0 ? 1 : 500 + reached);
        }
      }),
    );
  });

  it('keeps the position to search from while rows further on stand before it in the stream', () => {
    const place = createPlace({ row: 100, fromSeq: 7, aheadRow: 300 });
    const [hole, rest] = [
      { from: 100, to: 200 },
      { from: 300, to: 400 },
    ];
    place.sent(hole);
    place.sent(rest);
    place.acknowledged(hole, 50);
    expect([place.row(), place.fromSeq()]).toEqual([200, 7]);
    place.acknowledged(rest, 51);
    expect([place.row(), place.fromSeq()]).toEqual([400, 52]);
  });
});
