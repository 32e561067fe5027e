/**
 * Asks once for all who want the same at the same moment: twenty people on one page cost one statement. `key` says what makes
 * two questions the same; who joins gets the answer of the one that runs, whose `as_of` says from when it is.
 */
export function shareRunning<Question, Answer>(ask: (question: Question) => Promise<Answer>) {
  const running = new Map<string, Promise<Answer>>();
  return (key: string, question: Question): Promise<Answer> => {
    const known = running.get(key);
    if (known !== undefined) return known;
    const asked = ask(question).finally(() => running.delete(key));
    running.set(key, asked);
    return asked;
  };
}
