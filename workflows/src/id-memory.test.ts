import { expect, test } from 'vitest';
import { createIdMemory } from './id-memory.ts';

test('knows the ids it met by source, nearly all of the newest ones, and takes hardly any other for one of them', () => {
  const { meet } = createIdMemory(2 ** 16);
  const metOf = (label: string, count: number) =>
    Array.from({ length: count }, (_, i) => meet('zendesk/eu', `${label}-${i}`)).filter(Boolean).length;
  expect(metOf('old', 200_000)).toBe(0);
  expect(metOf('new', 2_000)).toBe(0);
  expect(metOf('new', 2_000)).toBeGreaterThan(1_900);
  expect(metOf('old', 1_000)).toBeLessThan(100);
  expect(meet('zendesk/us', 'new-1999')).toBe(false);
});
