import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFloor } from './floor.ts';

const point = (seq: number) => ({ seq, timeUs: seq * 10 });

test('the floor stops before the oldest message that is not finished, and jumps behind all that were', () => {
  const floor = createFloor(point(4));
  floor.opened(point(5), 1);
  floor.opened(point(7), 2);
  floor.opened(point(8), 0);
  floor.closed(7);
  floor.closed(7);
  expect(floor.point()).toEqual(point(4));
  floor.closed(5);
  expect(floor.point()).toEqual(point(8));
});

test('whatever the order of work, nothing at or below the floor is unfinished, and in the end it is the last message', () => {
  const parts = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(parts, fc.infiniteStream(fc.nat()), (counts, picks) => {
      const floor = createFloor(point(0));
      const open = counts.flatMap((count, i) => Array<number>(count).fill(i + 1));
      counts.forEach((count, i) => floor.opened(point(i + 1), count));
      while (open.length > 0) {
        const oldest = Math.min(...open);
        expect(floor.point()).toEqual(point(oldest - 1));
        const [seq] = open.splice((picks.next().value ?? 0) % open.length, 1);
        floor.closed(seq ?? 0);
      }
      expect(floor.point()).toEqual(point(counts.length));
    }),
  );
});
