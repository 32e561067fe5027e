import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeGaps, type GapPositions } from './place-gaps.ts';

const gap = (fromSeq: number, toSeq: number, changes: Partial<GapPositions> = {}): GapPositions => ({
  ...{ stream: 'EVENTS', epoch: 7, fromSeq, toSeq, reason: 'deleted', detectedAt: '2026-11-23T00:00:00.000Z' },
  ...changes,
});
/** Message n arrived n seconds after the beginning. */
const timeOf = (seq: number) => new Date(Date.UTC(2026, 10, 22) + 1_000 * seq).toISOString();
const placed = (gaps: GapPositions[], stored: readonly number[]) =>
  placeGaps(gaps, ({ seq }) => (stored.includes(seq) ? timeOf(seq) : undefined));

it('places what was lost between the messages beside it, and says where there is none', () => {
  expect(placed([gap(4, 5)], [3, 6])).toMatchObject([{ arrivedAfter: timeOf(3), arrivedBefore: timeOf(6) }]);
  expect(placed([gap(1, 5)], [6])).toMatchObject([{ arrivedAfter: null, arrivedBefore: timeOf(6) }]);
  expect(placed([gap(4, 9)], [1, 2, 3])).toMatchObject([{ arrivedAfter: timeOf(3), arrivedBefore: null }]);
});

it('shares the messages beside gaps that touch, of the same stream and epoch only', () => {
  const edges = { arrivedAfter: timeOf(3), arrivedBefore: timeOf(9) };
  expect(placed([gap(7, 8), gap(4, 6)], [3, 9])).toMatchObject([edges, edges]);
  expect(placed([gap(4, 6), gap(7, 8, { epoch: 8 })], [3, 9])).toMatchObject([
    { arrivedAfter: timeOf(3), arrivedBefore: null },
    { arrivedAfter: null, arrivedBefore: timeOf(9) },
  ]);
});

it('never leaves a lost message outside of its span, and never spans a stored one', () => {
  const history = fc.array(fc.constantFrom('stored', 'deleted', 'lost'), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(history, (fates) => {
      const stored = fates.flatMap((fate, i) => (fate === 'stored' ? [i + 1] : []));
      const gaps: GapPositions[] = [];
      fates.forEach((fate, i) => {
        if (fate === 'stored') return;
        const last = gaps.at(-1);
        if (last?.toSeq === i && last.reason === fate) last.toSeq = i + 1;
        else gaps.push(gap(i + 1, i + 1, { reason: fate }));
      });
      for (const { fromSeq, toSeq, arrivedAfter, arrivedBefore } of placed(gaps, stored)) {
        expect(arrivedAfter).toBe(
          stored
            .filter((seq) => seq < fromSeq)
            .map(timeOf)
            .at(-1) ?? null,
        );
        expect(arrivedBefore).toBe(stored.filter((seq) => seq > toSeq).map(timeOf)[0] ?? null);
      }
    }),
  );
});
