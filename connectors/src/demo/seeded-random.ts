import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  /** From 0 up to 1, 1 excluded. */
  next: () => number;
  /** A whole number from 0 up to `below`, which is excluded. */
  below: (below: number) => number;
  chance: (probability: number) => boolean;
  /** One of the list. Throws RangeError for an empty one. */
  pick: <Item>(list: readonly Item[]) => Item;
  /** One of the list, the first ones as likely as their weights say. */
  weighted: <Item>(list: readonly (readonly [Item, number])[]) => Item;
  /** Log-normal around a median: durations of people's work are of this form. */
  around: (median: number, spread: number) => number;
  /** How many of something happen when `mean` are expected. */
  count: (mean: number) => number;
}

/** One sequence for each list of names: whoever asks for hour 7 gets the same without having asked for hours 0 to 6. */
export function seededRandom(...names: (string | number)[]): SeededRandom {
  let state = createHash('sha256').update(names.join('\n')).digest().readUInt32LE(0);
  // mulberry32: small, fast, and even enough for a demonstration.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);

  function pick<Item>(list: readonly Item[]): Item {
    for (const item of list.slice(below(list.length))) return item;
    throw new RangeError('nothing to pick from');
  }
  function weighted<Item>(list: readonly (readonly [Item, number])[]): Item {
    let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of list) {
      left -= weight;
      if (left < 0) return item;
    }
    return pick(list)[0];
  }
  function count(mean: number): number {
    // Knuth's method; the means here are below a hundred.
    const limit = Math.exp(-mean);
    let events = 0;
    for (let product = next(); product > limit; product *= next()) events += 1;
    return events;
  }
  return {
    ...{ next, below, pick, weighted, count },
    chance: (probability) => next() < probability,
    around: (median, spread) =>
      median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
  };
}
