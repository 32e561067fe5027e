/** How long to gather before the next insert. */
export interface Pace {
  /** At least this long between two batches, ms. */
  waitMs: () => number;
  /** Learns from `storing` how long an insert takes at present, and gives it back. */
  timed: (storing: Promise<void>) => Promise<void>;
}

/** Of a feed's time at most this part goes by in inserts, so that whoever asks finds the engine free. */
const shareOfTime = 1 / 4;
/**
 * An insert costs the engine much the same for one row as for a thousand. So the wait grows with what the last one took:
 * `minMs` while the engine is idle, up to `maxMs` when it is not. A full batch never waits.
 */
export function createPace(
  { minMs, maxMs }: { minMs: number; maxMs: number },
  clock: () => number = () => performance.now(),
): Pace {
  let lastMs = 0;
  return {
    waitMs: () => Math.max(minMs, Math.min(maxMs, lastMs / shareOfTime)),
    timed: async (storing) => {
      const startedAt = clock();
      await storing;
      lastMs = clock() - startedAt;
    },
  };
}
