import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segments, type Point } from './segments';

const point = (place: number, value: number | null, unfinished = false): Point => ({
  ...{ from: place, to: place + 1, value, unfinished },
});

describe('segments of a line', () => {
  it('end at a gap and dash what may still change', () => {
    const points = [point(0, 1), point(1, 2), point(2, null), point(3, 4), point(4, 5, true)];
    const { solid, dashed } = segments(points);
    expect(solid.map((run) => run.map(({ from }) => from))).toEqual([[0, 1], [3]]);
    expect(dashed.map((run) => run.map(({ from }) => from))).toEqual([[3, 4]]);
  });
  it('never join two points with a gap between, and lose none', () => {
    const any = fc.array(fc.record({ value: fc.option(fc.nat()), unfinished: fc.boolean() }));
    fc.assert(
      fc.property(any, (drawn) => {
        const points = drawn.map(({ value, unfinished }, place) => point(place, value, unfinished));
        const { solid, dashed } = segments(points);
        for (const run of [...solid, ...dashed])
          run.slice(1).forEach((next, place) => expect(next.from).toBe((run[place]?.from ?? NaN) + 1));
        const shown = new Set([...solid, ...dashed].flat().map(({ from }) => from));
        expect(shown.size).toBe(points.filter(({ value }) => value !== null).length);
      }),
    );
  });
});
