import { expect, test } from 'vitest';
import { createRevisions } from './revisions.ts';

test('tickets with many revisions come first, with a committed position once there is one', () => {
  const revisions = createRevisions(100);
  for (let seq = 1; seq <= 9; seq++) revisions.wrote(seq % 3 === 0 ? 'few' : 'many', seq);
  expect(revisions.candidates(2, 10, 0)).toEqual([
    { subject: 'many', revisions: 6, safeSeq: 0 },
    { subject: 'few', revisions: 3, safeSeq: 0 },
  ]);
  expect(revisions.candidates(4, 10, 5)).toEqual([{ subject: 'many', revisions: 6, safeSeq: 1 }]);
  expect(revisions.candidates(2, 1, 5)).toHaveLength(1);
});

test('of a ticket that never rests, an older position is committed in time', () => {
  const revisions = createRevisions(100);
  for (let seq = 1; seq <= 100; seq++) {
    revisions.wrote('busy', seq);
    // What is stored is always ten messages behind.
    revisions.candidates(1, 1, seq - 10);
  }
  const [busy] = revisions.candidates(1, 1, 90);
  expect(busy?.safeSeq).toBeGreaterThan(70);
  expect(busy?.safeSeq).toBeLessThanOrEqual(90);
});

test('what was purged no longer counts; a ticket of which only the newest is left is forgotten', () => {
  const revisions = createRevisions(100);
  revisions.listed('a', 20);
  revisions.purged('a', 15, false);
  expect(revisions.candidates(1, 10, 0)).toMatchObject([{ subject: 'a', revisions: 5 }]);
  revisions.purged('a', 0, false);
  expect(revisions.candidates(1, 10, 0)).toMatchObject([{ subject: 'a', revisions: 5 }]);
  revisions.purged('a', 4, true);
  expect(revisions.candidates(0, 10, 0)).toEqual([]);
});
