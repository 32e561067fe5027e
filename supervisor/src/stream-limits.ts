import { streams } from '@deskwire/contracts/subjects';
import { DiscardPolicy, NatsError } from 'nats';
import type { StreamFill } from './stream-fill.ts';
import type { WantedStream } from './streams.ts';

export interface LimitDoors {
  /** All streams as they are now. */
  list: () => AsyncIterable<{ config: { name: string; max_bytes: number }; state: { bytes: number } }>;
  wanted: WantedStream[];
  /** What all of them may promise together; `usedBytes`: what they hold now. */
  budget: (usedBytes: number) => number;
  /** Gives one stream a higher limit. */
  setLimit: (stream: string, maxBytes: number) => Promise<unknown>;
}

interface Limit {
  stream: string;
  bytes: number;
  maxBytes: number;
}

const step = 32 * 2 ** 20;

/**
 * Raises the limits of streams that are about to refuse, from what nobody was promised: which one a desk fills first depends on how
 * much its people write. EVENTS keeps its share: it empties itself, and a standstill of ingest must not take the room of the desk. Answers how full
 * each stream is that refuses. Rejects when the server does not answer.
 */
export async function raiseLimits({ list, wanted, budget, setLimit }: LimitDoors): Promise<StreamFill[]> {
  const now = new Map<string, Limit>();
  for await (const { config, state } of list())
    now.set(config.name, { stream: config.name, bytes: state.bytes, maxBytes: config.max_bytes });
  const all = wanted.flatMap(({ name }) => now.get(name) ?? []);
  const sum = (some: number[]) => some.reduce((total, one) => total + one, 0);
  let left = budget(sum(all.map(({ bytes }) => bytes))) - sum(all.map(({ maxBytes }) => maxBytes));
  const refusing = wanted
    .filter(({ discard }) => discard === DiscardPolicy.New)
    .flatMap(({ name }) => now.get(name) ?? []);
  const growing = refusing.filter(({ stream }) => stream !== streams.events);
  try {
    for (const raised of raisedLimits(growing, left)) {
      await setLimit(raised.stream, raised.maxBytes);
      now.set(raised.stream, raised);
      left -= step;
    }
  } catch (error) {
    // A server of one's own that promises no more: then this is all there is, and the alert comes the sooner.
    if (!(error instanceof NatsError && error.api_error !== undefined)) throw error;
    left = 0;
  }
  return refusing.map((one) => {
    const { stream, bytes, maxBytes } = now.get(one.stream) ?? one;
    return { stream, bytes, maxBytes: growing.includes(one) ? maxBytes + Math.max(0, left) : maxBytes };
  });
}

/** One step more for each that has less than half of one left, the fullest first, as far as `leftBytes` goes. Pure. */
export function raisedLimits(growing: Limit[], leftBytes: number): Limit[] {
  const free = ({ maxBytes, bytes }: Limit) => maxBytes - bytes;
  return growing
    .filter((one) => free(one) < step / 2)
    .sort((one, other) => free(one) - free(other))
    .slice(0, Math.max(0, Math.floor(leftBytes / step)))
    .map((one) => ({ ...one, maxBytes: one.maxBytes + step }));
}
