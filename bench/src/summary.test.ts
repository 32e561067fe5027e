import { describe, expect, it } from 'vitest';
import { latencyOf, percentile, ratio, summarize } from './summary.ts';

describe('summarize', () => {
  it('names median, smallest and largest, and keeps the runs in their order', () => {
    expect(summarize([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30, runs: [30, 10, 20] });
  });
});

describe('percentile', () => {
  it('is the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 99, 100]);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('latencyOf', () => {
  it('names median, 99th percentile and the longest of values in any order', () => {
    const values = Array.from({ length: 200 }, (_, i) => 200.04 - i);
    expect(latencyOf(values)).toEqual({ p50: 100, p99: 198, max: 200, n: 200 });
    expect(latencyOf([])).toEqual({ p50: 0, p99: 0, max: 0, n: 0 });
  });
});

describe('ratio', () => {
  it('has two digits', () => {
    expect(ratio(2, 3)).toBe(0.67);
  });
});
