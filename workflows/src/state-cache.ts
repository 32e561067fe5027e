/** A state as its stream has it: `seq` is the position of the newest message of its subject, 0 and no state before the first. */
export interface Known<State> {
  state: State | undefined;
  seq: number;
}

export interface StateCache<State> {
  get: (key: string) => Known<State> | undefined;
  set: (key: string, known: Known<State>) => void;
  forget: (key: string) => void;
  size: () => number;
}

/** The least recently used go first beyond `statesMax`; what is being worked on stays. */
export function createStateCache<State>(statesMax: number, isBusy: (key: string) => boolean): StateCache<State> {
  const known = new Map<string, Known<State>>();

  function trim(): void {
    // A Map iterates in the order of insertion, and every use inserts anew.
    for (const key of known.keys()) {
      if (known.size <= statesMax) return;
      if (!isBusy(key)) known.delete(key);
    }
  }
  return {
    get: (key) => known.get(key),
    set: (key, state) => {
      known.delete(key);
      known.set(key, state);
      if (known.size > statesMax) trim();
    },
    forget: (key) => void known.delete(key),
    size: () => known.size,
  };
}
