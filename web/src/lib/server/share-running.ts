interface Shared<Answer> {
  answer: Promise<Answer>;
  /** By `clock`; Infinity while it runs. */
  until: number;
}

export interface SharingOptions {
  /** For how long an answer that took so long is shared, both in ms; default: as long as it took, half a second at most. */
  keptMs?: (tookMs: number) => number;
  /** Any, in ms. */
  clock?: () => number;
}

/**
 * Asks once for all who want the same at about the same moment: twenty people on one page cost one statement. `key` says what makes
 * two questions the same. An answer is shared while it is made and for a while after; by default for as long again, so that one
 * question takes half of the time at most. Its `as_of` says from when it is. A failure is shared only while it happens.
 */
export function shareRunning<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  { keptMs = (tookMs) => Math.min(500, tookMs), clock = () => performance.now() }: SharingOptions = {},
) {
  const shared = new Map<string, Shared<Answer>>();

  function askAnew(key: string, question: Question): Promise<Answer> {
    const startedAt = clock();
    for (const [old, { until }] of shared) if (until <= startedAt) shared.delete(old);
    const answer = ask(question);
    const one: Shared<Answer> = { answer, until: Infinity };
    shared.set(key, one);
    answer.then(
      () => (one.until = clock() + keptMs(clock() - startedAt)),
      () => shared.delete(key),
    );
    return answer;
  }
  return (key: string, question: Question): Promise<Answer> => {
    const known = shared.get(key);
    return known !== undefined && clock() < known.until ? known.answer : askAnew(key, question);
  };
}
