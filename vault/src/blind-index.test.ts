import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBlindIndex, normaliseEmail, normalisePhone } from './blind-index.ts';

const blindIndex = createBlindIndex(Buffer.alloc(32, 7));

test('gives b_ and 22 base64url characters, other ones under another master key', () => {
  expect(blindIndex('email', 'ada@example.org')).toMatch(/^b_[\w-]{22}$/);
  expect(createBlindIndex(Buffer.alloc(32, 8))('email', 'ada@example.org')).not.toBe(
    blindIndex('email', 'ada@example.org'),
  );
});

test('finds the same address however it is written', () => {
  for (const written of [' Ada@Example.ORG ', 'ａｄａ@example.org', 'ADA@example.org\n']) {
    expect(blindIndex('email', written)).toBe(blindIndex('email', 'ada@example.org'));
  }
  expect(blindIndex('email', 'ada+desk@example.org')).not.toBe(blindIndex('email', 'ada@example.org'));
});

test('finds the same number however it is written', () => {
  for (const written of [
    '+49 (0)30 123-456',
    '0049 30 123456',
    '+49.30.123456',
    '＋４９ ３０ １２３４５６',
    '4930123456',
  ]) {
    expect(normalisePhone(written)).toBe('+4930123456');
  }
});

test('gives no index to what is no address or number, so that it links nobody', () => {
  for (const nothing of ['', 'n/a', 'unknown', '-', '@', 'a@', 'a@b@c'])
    expect(blindIndex('email', nothing)).toBeUndefined();
  for (const nothing of ['', 'n/a', '-', '0', 'ext. 12']) expect(blindIndex('phone', nothing)).toBeUndefined();
});

test('keeps an address apart from a number with the same text', () => {
  expect(blindIndex('email', '12345@12345')).not.toBe(blindIndex('phone', '12345@12345'));
});

test('normalises to something that normalises to itself', () => {
  const email = fc
    .tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))
    .map(([user, host]) => `${user}@${host}`);
  fc.assert(
    fc.property(email, (written) => {
      const once = normaliseEmail(written);
      if (once !== undefined) expect(normaliseEmail(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('+', '(0)', '0', '1', '2', ' ', '-') }), (written) => {
      const once = normalisePhone(written);
      if (once !== undefined) expect(normalisePhone(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});
