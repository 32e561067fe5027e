interface Shared<Answer> {
  answer: Promise<Answer>;
  /** By `clock`; Infinity while it runs. */
  until: number;
  /** Until then nobody waits for the next one. */
  graceUntil: number;
  /** Until then it is better than nothing. */
  goneAt: number;
  /** The answer that will take its place. */
  renewal: Promise<Answer> | undefined;
}

export interface SharingOptions<Question> {
  /** For how long an answer that took so long is shared, both in ms; default: as long as it took, half a second at most. */
  keptMs?: (tookMs: number, question: Question) => number;
  /** For how long beyond that whoever asks gets the old answer at once, while a new one is made; default: not at all. */
  graceMs?: (tookMs: number, question: Question) => number;
  /**
   * Until it is so old, beyond `keptMs`, whoever asks waits `waitMs` for the new answer and then gets the old one, as they do when the
   * new one fails; default: they wait for the new one.
   */
  lastResort?: { oldMs: number; waitMs: number } | undefined;
  /** Any, in ms. */
  clock?: () => number;
}

/**
 * Asks once for all who want the same at about the same moment: twenty people on one page cost one statement. `key` says what makes
 * two questions the same. An answer is shared while it is made and for a while after; by default for as long again, so that one
 * question takes half of the time at most. Its `as_of` says from when it is. A failure is shared only while it happens. Who asks may
 * want an answer that is not as old as others would take: `graceMax`, ms.
 */
export function shareRunning<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  {
    keptMs = (tookMs) => Math.min(500, tookMs),
    graceMs = () => 0,
    lastResort = { oldMs: 0, waitMs: 0 },
    clock = () => performance.now(),
  }: SharingOptions<Question> = {},
) {
  const shared = new Map<string, Shared<Answer>>();

  /** `old`: an answer that is given until there is a new one. */
  function askAnew(key: string, question: Question, old?: Shared<Answer>): Promise<Answer> {
    const startedAt = clock();
    for (const [other, { goneAt, renewal }] of shared)
      if (goneAt <= startedAt && renewal === undefined) shared.delete(other);
    const answer = ask(question);
    const one: Shared<Answer> = {
      ...{ answer, renewal: undefined },
      ...{ until: Infinity, graceUntil: Infinity, goneAt: Infinity },
    };
    if (old === undefined) shared.set(key, one);
    else old.renewal = answer;
    answer.then(
      () => {
        const tookMs = clock() - startedAt;
        one.until = clock() + keptMs(tookMs, question);
        one.graceUntil = one.until + graceMs(tookMs, question);
        one.goneAt = Math.max(one.graceUntil, one.until + lastResort.oldMs);
        shared.set(key, one);
      },
      () => {
        if (old === undefined) shared.delete(key);
        else old.renewal = undefined;
      },
    );
    return answer;
  }
  return (key: string, question: Question, graceMax = Infinity): Promise<Answer> => {
    const known = shared.get(key);
    const now = clock();
    if (known === undefined || now >= known.goneAt) return known?.renewal ?? askAnew(key, question);
    if (now < known.until) return known.answer;
    const renewal = known.renewal ?? askAnew(key, question, known);
    if (now >= known.until + graceMax) return renewal;
    return now < known.graceUntil ? known.answer : inTime(renewal, lastResort.waitMs, known.answer);
  };
}

/** What is coming, if it comes within `ms`; otherwise, or if that fails, `instead`. */
async function inTime<Answer>(coming: Promise<Answer>, ms: number, instead: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => (timer = setTimeout(resolve, ms, instead)));
  try {
    return await Promise.race([coming, late]);
  } catch {
    return instead;
  } finally {
    clearTimeout(timer);
  }
}
