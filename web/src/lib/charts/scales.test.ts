import { expect, it } from 'vitest';
import { levelDomain } from './scales';

it('draws zero at the bottom, a level in the middle, and what moves from edge to edge', () => {
  expect(levelDomain([0, 0])[0]).toBe(0);
  expect(levelDomain([0, 6])[0]).toBe(0);
  expect(levelDomain([100, 100])).toEqual([95, 105]);
  const [low, high] = levelDomain([50, 100]);
  expect([low, high].map(Math.round)).toEqual([50, 100]);
});
