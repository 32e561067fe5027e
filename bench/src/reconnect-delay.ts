/** As the page asks of socket.io-client (web/src/lib/live/hub-client.ts), with its default jitter. */
const policy = { firstMs: 400, maxMs: 1_200, jitter: 0.5 };

/** How long socket.io-client 4.8 waits before its n-th attempt, from 0, ms; `random` is 0 to 1. */
export function reconnectDelayMs(attempt: number, random: number): number {
  const ms = policy.firstMs * 2 ** attempt;
  const deviation = Math.floor(random * policy.jitter * ms);
  const isSooner = Math.floor(random * 10) % 2 === 0;
  return Math.min(policy.maxMs, isSooner ? ms - deviation : ms + deviation);
}

/** How long the page waits before it asks again after a refusal, which socket.io-client does not by itself, ms. */
export const refusedDelayMs = (random: number) => policy.maxMs * (0.5 + random);

/** How long the page waits before it subscribes again to a channel that was not served, ms. */
export const unservedDelayMs = (attempt: number, random: number) =>
  Math.min(2_000, 250 * 2 ** attempt) * (0.5 + random);
