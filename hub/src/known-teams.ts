/**
 * Whether a ticket was ever in the team of this id. Teams that are not known yet are looked for, one question at a time, and never with
 * an answer to a question that was asked before. Throws what `read` throws.
 */
export function createKnownTeams(read: () => Promise<readonly string[]>): (team: string) => Promise<boolean> {
  let known: ReadonlySet<string> = new Set();
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const readNow = async () => void (known = new Set(await read()));
  function freshen(): Promise<void> {
    if (running === undefined) return (running = readNow().finally(() => (running = undefined)));
    const again = () => {
      next = undefined;
      return freshen();
    };
    return (next ??= running.then(again, again));
  }

  return async (team) => {
    if (!known.has(team)) await freshen();
    return known.has(team);
  };
}
