import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customerKey, isKeyName, quarantineKey, ticketKey } from './key-name.ts';

const id = fc.string({ minLength: 1, maxLength: 512, unit: 'grapheme' });

test('makes a name that NATS takes as a key from any segment and id', () => {
  fc.assert(
    fc.property(id, id, (segment, ticketId) => {
      const name = ticketKey(segment, ticketId);
      expect(name).toMatch(/^[-/=.\w]+$/);
      expect(name.split('.')).toHaveLength(3);
      expect(isKeyName(name)).toBe(true);
    }),
  );
});

test('never gives two tickets, or a ticket and a customer, the same name', () => {
  fc.assert(
    fc.property(id, id, id, id, (segment, one, otherSegment, other) => {
      expect(ticketKey(segment, one) === ticketKey(otherSegment, other)).toBe(
        segment === otherSegment && one === other,
      );
      expect(ticketKey(segment, one)).not.toBe(customerKey(segment, one));
    }),
  );
});

test('names the key of one day', () => {
  expect(quarantineKey('2026-11-22')).toBe('q.2026-11-22');
  expect(() => quarantineKey('2026-11-22T10:00:00Z')).toThrow(RangeError);
});

test('refuses an empty segment or id', () => {
  expect(() => customerKey('zendesk', '')).toThrow(RangeError);
  expect(() => customerKey('', '1')).toThrow(RangeError);
});

test('knows its own notes in the bucket from data keys', () => {
  expect(isKeyName('master-key-check')).toBe(false);
  expect(isKeyName('t.x')).toBe(false);
});
