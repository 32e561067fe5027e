import { hashText } from '@deskwire/contracts/hash-text';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalOf, sameHash } from './hash.ts';

it('spreads similar ids over all bits without a collision in 200,000', () => {
  const seen = new Set<string>();
  const ones = new Array<number>(64).fill(0);
  for (let i = 0; i < 200_000; i++) {
    const hash = hashText(`bench/one\nevt-${i}`);
    seen.add(decimalOf(hash));
    for (let bit = 0; bit < 32; bit++) {
      ones[bit] = (ones[bit] ?? 0) + ((hash.low >>> bit) & 1);
      ones[bit + 32] = (ones[bit + 32] ?? 0) + ((hash.high >>> bit) & 1);
    }
  }
  expect(seen.size).toBe(200_000);
  for (const count of ones) expect(Math.abs(count / 200_000 - 0.5)).toBeLessThan(0.01);
});

it('is a function of the text', () => {
  fc.assert(fc.property(fc.string(), (text) => sameHash(hashText(text), hashText(text))));
});
