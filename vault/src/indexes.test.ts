import { expect, test } from 'vitest';
import { openIndexes } from './indexes.ts';

test('gives the content hash a seed that depends on the master key alone', () => {
  const seedOf = (fill: number) => openIndexes(Buffer.alloc(32, fill)).contentSeed();
  expect(seedOf(7)).toEqual(seedOf(7));
  expect(seedOf(7)).not.toEqual(seedOf(8));
});
