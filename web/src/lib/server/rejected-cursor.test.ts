import { expect, it } from 'vitest';
import { readRejectedCursor, writeRejectedCursor } from './rejected-cursor';

const place = { us: '1764000000123456', epoch: 1_764_000_000_000_000, seq: 42, idx: 3 };

it('reads back what it wrote', () => {
  expect(writeRejectedCursor(place)).toBe('1764000000123456.1764000000000000.42.3');
  expect(readRejectedCursor(writeRejectedCursor(place))).toEqual(place);
});

it.each(['', 'abc', '1.2.3', '1.2.3.x', '-1.2.3.4', "1'.2.3.4"])('takes %o for no place', (text) => {
  expect(readRejectedCursor(text)).toBeUndefined();
});
