import { expect, it } from 'vitest';
import { liveWords } from './live-words';

it('is not called live what is so far behind that figures are stale', () => {
  expect(liveWords(undefined)).toBe('Live');
  expect([400, 30_000].map(liveWords)).toEqual(['Live, 0.4 s behind', 'Live, 30 s behind']);
  expect([30_001, 7_200_000].map(liveWords)).toEqual(['30 s behind', '2 h behind']);
});
