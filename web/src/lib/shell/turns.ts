/** Work that waits for its turn. */
export interface Turn {
  /** Does it now, unless it was done or dropped. */
  take: () => void;
  /** It is not wanted any more. */
  drop: () => void;
}

/**
 * Does work in the order in which it came, one at a time: after each the browser paints, and answers the person. `soon` runs
 * something once it has.
 */
export function createTurns(soon: (run: () => void) => void) {
  const waiting = new Set<Turn>();
  let isComing = false;
  let whenDone: (() => void)[] = [];

  function come(): void {
    if (isComing || waiting.size === 0) return;
    isComing = true;
    soon(() => {
      isComing = false;
      const [next] = waiting;
      // One that fails keeps no other waiting.
      try {
        next?.take();
      } finally {
        come();
      }
    });
  }
  function settle(): void {
    if (waiting.size > 0) return;
    const told = whenDone;
    whenDone = [];
    for (const tell of told) tell();
  }

  return {
    add(work: () => void): Turn {
      const turn: Turn = {
        take() {
          if (!waiting.delete(turn)) return;
          try {
            work();
          } finally {
            settle();
          }
        },
        drop() {
          if (waiting.delete(turn)) settle();
        },
      };
      waiting.add(turn);
      come();
      return turn;
    },
    /** Resolves when nothing waits any more. */
    done: (): Promise<void> =>
      waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => whenDone.push(resolve)),
  };
}

/** Those of this page. */
export const turns = createTurns((run) => void setTimeout(run));
