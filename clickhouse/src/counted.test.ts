import { expect, it } from 'vitest';
import { unstoredWords } from './counted.ts';

it('says of which feed messages are not stored, and of one that it is one', () => {
  const [events, tickets] = [
    { stream: 'EVENTS', missing: 1 },
    { stream: 'TICKETS', missing: 4 },
  ];
  expect(unstoredWords([{ ...events, missing: 0 }])).toBeUndefined();
  expect(unstoredWords([events])).toBe(
    '1 message from the sources (EVENTS) has arrived but is not stored, and nothing says why',
  );
  expect(unstoredWords([events, tickets])).toBe(
    '1 message from the sources (EVENTS) and 4 messages about changes of tickets (TICKETS) have arrived but are not stored, and nothing says why',
  );
});
