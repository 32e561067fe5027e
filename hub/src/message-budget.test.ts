import { expect, it } from 'vitest';
import { createMessageBudget } from './message-budget.ts';

it('serves a burst, then twenty a second, and closes on who does not listen', () => {
  let now = 0;
  const budget = createMessageBudget(() => now);
  const ask = (times: number) => Array.from({ length: times }, budget);
  expect(ask(100).every((verdict) => verdict === 'serve')).toBe(true);
  expect(ask(1)).toEqual(['refuse']);
  now += 1_000;
  expect(ask(30).filter((verdict) => verdict === 'serve')).toHaveLength(20);
  expect(ask(1_100)).toContain('close');
});
