/** Time as an argument, so that tests own it. */
export interface Clock {
  /** Monotonic, ms: for durations. */
  monotonic: () => number;
  /** Unix time, ms: for what is written on frames. */
  wall: () => number;
  /** Runs once after `ms`; the answer cancels. */
  after: (ms: number, run: () => void) => () => void;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
