/** What is being judged at this moment, by what it counts for. */
export function createAttempts() {
  const running = new Map<string, Set<Promise<void>>>();

  function remove(key: string, attempt: Promise<void>): void {
    const others = running.get(key);
    others?.delete(attempt);
    if (others?.size === 0) running.delete(key);
  }

  return {
    add(keys: readonly string[], judged: Promise<unknown>): void {
      const forget = () => keys.forEach((key) => remove(key, settled));
      const settled = judged.then(forget, forget);
      for (const key of keys) running.set(key, (running.get(key) ?? new Set()).add(settled));
    },
    /** Resolves when one more of them is judged; undefined when none is being judged. */
    next(key: string): Promise<void> | undefined {
      const attempts = running.get(key);
      return attempts === undefined ? undefined : Promise.race(attempts);
    },
  };
}
