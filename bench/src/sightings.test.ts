import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitsUntilSeen } from './sightings.ts';

describe('waitsUntilSeen', () => {
  it('takes the first figure that counts an event, and leaves out what none counts', () => {
    const sightings = [
      { count: 0, atMs: 5 },
      { count: 2, atMs: 30 },
      { count: 2, atMs: 40 },
      { count: 3, atMs: 50 },
    ];
    expect(waitsUntilSeen([10, 20, 35, 45], sightings)).toEqual([20, 10, 15]);
  });

  it('never credits an event with a figure that came before it was counted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 50 }), fc.array(fc.nat(5)), (pauses, lags) => {
        const published = pauses.map((_, n) => pauses.slice(0, n + 1).reduce((sum, ms) => sum + ms, 0));
        const sightings = lags.map((_, i) => {
          const atMs = lags.slice(0, i + 1).reduce((sum, ms) => sum + ms, 0) * 10;
          return { atMs, count: published.filter((at) => at <= atMs).length };
        });
        const waits = waitsUntilSeen(published, sightings);
        for (const [n, wait] of waits.entries()) {
          const first = sightings.find(({ count }) => count > n);
          expect(wait).toBe((first?.atMs ?? 0) - (published[n] ?? 0));
        }
        expect(waits.length).toBe(sightings.at(-1)?.count ?? 0);
      }),
    );
  });

  it('refuses figures that cannot be those of these events', () => {
    const fallen = [
      { count: 1, atMs: 20 },
      { count: 0, atMs: 30 },
    ];
    expect(() => waitsUntilSeen([10], fallen)).toThrow('fell');
    expect(() => waitsUntilSeen([10, 50], [{ count: 2, atMs: 20 }])).toThrow('only 1 were published');
    expect(() => waitsUntilSeen([10], [{ count: 2, atMs: 20 }])).toThrow('only 1 were published');
  });
});
