const bucketMs = 50;
const buckets = 20;

/** Counts per second over the last second. */
export interface Meter {
  add: (count: number) => void;
  perSecond: () => number;
}

export function createMeter(clock: () => number): Meter {
  const ring = new Array<number>(buckets).fill(0);
  let at = Math.floor(clock() / bucketMs);
  const turn = () => {
    const now = Math.floor(clock() / bucketMs);
    for (let step = Math.min(now - at, buckets); step > 0; step--) ring[(now - step + 1) % buckets] = 0;
    at = now;
  };
  return {
    add: (count) => {
      turn();
      ring[at % buckets] = (ring[at % buckets] ?? 0) + count;
    },
    perSecond: () => {
      turn();
      return ring.reduce((sum, count) => sum + count, 0);
    },
  };
}
