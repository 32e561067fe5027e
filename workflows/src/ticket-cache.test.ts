import { expect, test } from 'vitest';
import { createTicketCache } from './ticket-cache.ts';

test('the least recently written state goes first, but never that of a ticket being worked on', () => {
  const busy = new Set(['a']);
  const cache = createTicketCache(2, (subject) => busy.has(subject));
  const known = (seq: number) => ({ ticket: undefined, seq });
  cache.set('a', known(1));
  cache.set('b', known(2));
  cache.set('c', known(3));
  expect(['a', 'b', 'c'].map((subject) => cache.get(subject)?.seq)).toEqual([1, undefined, 3]);
  busy.clear();
  cache.set('d', known(4));
  expect(cache.get('a')).toBeUndefined();
  expect(cache.size()).toBe(2);
});
