export interface Random {
  /** In [0, below). */
  int: (below: number) => number;
  coin: () => boolean;
  shuffle: <T>(items: readonly T[]) => T[];
}

/** Repeatable pseudo-random numbers (mulberry32): the same seed, the same run as far as timing allows. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    coin: () => next() < 0.5,
    shuffle: (items) =>
      items
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
}
