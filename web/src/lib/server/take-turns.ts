/** Too many questions wait for the engine already. */
export class Busy extends Error {
  override name = 'Busy';
}

export interface TurnsOptions<Question> {
  /** Who does not take part is asked at once. */
  takesPart: (question: Question) => boolean;
  atOnce: number;
  /** Beyond, a question is refused with Busy. */
  waitingMax: number;
  /** Who has waited so long for a turn is refused with Busy. */
  waitMaxMs: number;
}

/**
 * Asks at most so many of some questions at once, the others in the order in which they came: they leave the engine to quick ones.
 * Whatever is asked through it, of whatever kind, takes the same turns.
 */
export function takeTurns<Question>({ takesPart, atOnce, waitingMax, waitMaxMs }: TurnsOptions<Question>) {
  const waiting = new Set<() => void>();
  let running = 0;

  function turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(take);
        reject(new Busy('no turn came in time for a question about a long range'));
      }, waitMaxMs);
      waiting.add(take);
    });
  }

  return async <Asked extends Question, Answer>(
    question: Asked,
    ask: (question: Asked) => Promise<Answer>,
  ): Promise<Answer> => {
    if (!takesPart(question)) return ask(question);
    if (running >= atOnce) {
      if (waiting.size >= waitingMax) throw new Busy('too many questions about long ranges wait already');
      // Whoever ends hands over its turn, so `running` stays.
      await turn();
    } else running += 1;
    try {
      return await ask(question);
    } finally {
      const [next] = waiting;
      if (next === undefined) running -= 1;
      else {
        waiting.delete(next);
        next();
      }
    }
  };
}
