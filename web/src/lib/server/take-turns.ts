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
}

/** Asks at most so many of some questions at once, the others in the order in which they came: they leave the engine to quick ones. */
export function takeTurns<Question, Answer>(
  { takesPart, atOnce, waitingMax }: TurnsOptions<Question>,
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (question) => {
    if (!takesPart(question)) return ask(question);
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) throw new Busy('too many questions about long ranges wait already');
      // Whoever ends hands over its turn, so `running` stays.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await ask(question);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
