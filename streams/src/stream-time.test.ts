import { expect, it } from 'vitest';
import { microsOfText, parseDelivery } from './stream-time.ts';

it('reads JetStream times exactly to the microsecond', () => {
  expect(microsOfText('2026-11-22T10:00:00.123456789Z')).toBe(Date.UTC(2026, 10, 22, 10) * 1000 + 123_456);
  expect(microsOfText('2026-11-22T10:00:00.5Z')).toBe(Date.UTC(2026, 10, 22, 10) * 1000 + 500_000);
  expect(microsOfText('2026-11-22T10:00:00Z')).toBe(Date.UTC(2026, 10, 22, 10) * 1000);
});

it('reads both forms of reply subject', () => {
  const expected = { seq: 42, consumerSeq: 7, timeUs: 1_763_805_600_123_456 };
  expect(parseDelivery('$JS.ACK.EVENTS.c1.1.42.7.1763805600123456789.3')).toEqual(expected);
  expect(parseDelivery('$JS.ACK._.hash.EVENTS.c1.1.42.7.1763805600123456789.3')).toEqual(expected);
  expect(parseDelivery('$JS.ACK._.hash.EVENTS.c1.1.42.7.1763805600123456789.3.random')).toEqual(expected);
  expect(parseDelivery('_INBOX.x')).toBeUndefined();
});
