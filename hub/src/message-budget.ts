/** Messages of one client: as many at once as a page needs at start, then a steady few. */
const burst = 100;
const perS = 20;
/** A client that goes on after this many refusals does not listen to them. */
const refusalsMax = 1_000;

/** Says of each message whether to serve it, refuse it, or close the connection. `monotonic` in ms. */
export function createMessageBudget(monotonic: () => number): () => 'serve' | 'refuse' | 'close' {
  let left: number = burst;
  let at = monotonic();
  let refusals = 0;
  return () => {
    const now = monotonic();
    left = Math.min(burst, left + ((now - at) / 1_000) * perS);
    at = now;
    if (left >= 1) {
      left -= 1;
      return 'serve';
    }
    refusals += 1;
    return refusals > refusalsMax ? 'close' : 'refuse';
  };
}
