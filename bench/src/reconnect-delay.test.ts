import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from './reconnect-delay.ts';

describe('reconnectDelayMs', () => {
  it('is what socket.io-client computes from the same random numbers', () => {
    const cases = [
      [0, 0, 400],
      [0, 0.95, 590],
      [1, 0.25, 700],
      [2, 0.85, 920],
      [2, 0.55, 1_200],
    ] as const;
    for (const [attempt, random, ms] of cases) expect(reconnectDelayMs(attempt, random)).toBe(ms);
  });

  it('spreads the first attempts over 200 to 600 ms, and never waits longer than 1.2 s', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
        const ms = reconnectDelayMs(attempt, random);
        expect(ms).toBeGreaterThanOrEqual(200);
        expect(ms).toBeLessThanOrEqual(attempt === 0 ? 600 : 1_200);
      }),
    );
  });
});
