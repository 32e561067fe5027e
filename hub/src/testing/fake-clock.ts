import type { Clock } from '../clock.ts';

/** Time that only moves when told; `advance` runs what falls due, in order, and what that sets off. */
export function fakeClock() {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const clock: Clock = {
    monotonic: () => now,
    wall: () => Date.UTC(2026, 10, 22, 12) + now,
    after: (ms, run) => {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  return {
    ...clock,
    sleep: (ms: number) => (ms === 0 ? Promise.resolve() : new Promise<void>((resolve) => clock.after(ms, resolve))),
    async advance(ms: number): Promise<void> {
      const until = now + ms;
      await settle();
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = until;
    },
  };
}

/** Lets every promise that is already resolved go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
