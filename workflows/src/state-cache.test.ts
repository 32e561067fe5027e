import { expect, test } from 'vitest';
import { createStateCache } from './state-cache.ts';

test('the least recently written state goes first, but never one that is being worked on', () => {
  const busy = new Set(['a']);
  const cache = createStateCache<string>(2, (key) => busy.has(key));
  const known = (seq: number) => ({ state: `state ${seq}`, seq });
  cache.set('a', known(1));
  cache.set('b', known(2));
  cache.set('c', known(3));
  expect(['a', 'b', 'c'].map((key) => cache.get(key)?.seq)).toEqual([1, undefined, 3]);
  busy.clear();
  cache.set('d', known(4));
  expect(cache.get('a')).toBeUndefined();
  expect(cache.size()).toBe(2);
});
