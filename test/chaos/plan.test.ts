import { expect, it } from 'vitest';
import { combinations, nameOf, planTrials } from './plan.ts';
import { createRandom } from './random.ts';

it('gives each of the 56 combinations its turn equally often, in an order that only the seed decides', () => {
  const plan = planTrials(combinations, 560, createRandom(5)).map(nameOf);
  expect(new Set(plan).size).toBe(56);
  for (const combination of combinations) expect(plan.filter((name) => name === nameOf(combination))).toHaveLength(10);
  expect(planTrials(combinations, 560, createRandom(5)).map(nameOf)).toEqual(plan);
  expect(planTrials(combinations, 560, createRandom(6)).map(nameOf)).not.toEqual(plan);
});
