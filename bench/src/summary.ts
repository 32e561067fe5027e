/** Median, smallest and largest of a few runs; the runs stay beside them. */
export interface Summary {
  median: number;
  min: number;
  max: number;
  runs: number[];
}

export function summarize(runs: number[]): Summary {
  const sorted = [...runs].sort((a, b) => a - b);
  return { median: percentile(sorted, 0.5), min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0, runs };
}

/** By nearest rank; of values in rising order. 0 when there is none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Waiting times in ms, to a tenth. */
export interface Latency {
  p50: number;
  p99: number;
  max: number;
  n: number;
}

/** In any order. */
export function latencyOf(valuesMs: readonly number[]): Latency {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const ms = (share: number) => Math.round(percentile(sorted, share) * 10) / 10;
  return { p50: ms(0.5), p99: ms(0.99), max: ms(1), n: sorted.length };
}

/** To two digits after the point. */
export const ratio = (a: number, b: number) => Math.round((a / b) * 100) / 100;
