import type { Clock } from './clock.ts';

/** At most ten frames a second, however many commits there are. */
const quietMs = 100;
/** Silence and lag have to show also when nothing is committed. */
const idleMs = 1_000;

export type Pace = ReturnType<typeof createPace>;

/**
 * When to make frames: while somebody listens, at once after a quiet 100 ms, never more often than every 100 ms or the part of
 * the time that `rests` leaves, and at least every second. `tick` must not reject; 'failed' is not work that deserves a rest.
 */
export function createPace({
  tick,
  clock,
  rests = (costMs) => costMs,
}: {
  tick: () => Promise<'done' | 'failed'>;
  clock: Clock;
  /** How long it rests, ms, after it has worked for so long. */
  rests?: (costMs: number) => number;
}) {
  let listening = false;
  let inFlight: Promise<void> | undefined;
  let hurriedMeanwhile = false;
  let due: { at: number; cancel: () => void } | undefined;
  let startedAt = -Infinity;
  let endedAt = -Infinity;
  let costMs = 0;

  const earliest = () => Math.max(startedAt + quietMs, endedAt + rests(costMs));

  function schedule(at: number): void {
    if (!listening || inFlight !== undefined || (due !== undefined && due.at <= at)) return;
    due?.cancel();
    const cancel = clock.after(Math.max(0, at - clock.monotonic()), () => void now());
    due = { at, cancel };
  }

  function now(): Promise<void> {
    inFlight ??= run().finally(() => {
      inFlight = undefined;
      schedule(hurriedMeanwhile ? earliest() : Math.max(startedAt + idleMs, earliest()));
      hurriedMeanwhile = false;
    });
    return inFlight;
  }

  async function run(): Promise<void> {
    due?.cancel();
    due = undefined;
    startedAt = clock.monotonic();
    const outcome = await tick();
    endedAt = clock.monotonic();
    costMs = outcome === 'done' ? endedAt - startedAt : quietMs;
  }

  return {
    /** The first listener starts it, the last one stops it. */
    listen: (on: boolean): void => {
      listening = on;
      if (on) schedule(Math.max(startedAt + idleMs, earliest()));
      else {
        due?.cancel();
        due = undefined;
      }
    },
    /** Something changed: the next tick need not wait for the second to be over. */
    hurry: (): void => {
      if (inFlight === undefined) schedule(earliest());
      else hurriedMeanwhile = true;
    },
    /** Ticks now, or waits for the tick that is under way. */
    now,
    /** Whether the last tick ended less than a second ago. */
    isFresh: () => clock.monotonic() - endedAt < idleMs,
  };
}
