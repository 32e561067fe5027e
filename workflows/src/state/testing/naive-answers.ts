/** Public messages; Unix ms. An agent's that opened the ticket is none. */
export interface Spoken {
  at: number;
  by: 'customer' | 'agent';
}

/** Every reply that somebody waited for, the first one since the creation. What lies up to a reply or a solve needs no other answer. */
export function answersOf(createdAt: number, spoken: Spoken[], solves: number[]): { reply: number; since: number }[] {
  const timesOf = (who: string) => spoken.flatMap(({ at, by }) => (by === who ? [at] : [])).sort((a, b) => a - b);
  const [asked, replies] = [timesOf('customer'), timesOf('agent')];
  return replies.flatMap((reply, i) => {
    if (i === 0) return [{ reply, since: createdAt }];
    const ended = Math.max(replies[i - 1] ?? 0, ...solves.filter((solve) => solve < reply));
    const since = asked.find((at) => at > ended && at <= reply);
    return since === undefined ? [] : [{ reply, since }];
  });
}

/** Whether the desk, of so many newest messages and solves, still knows the reply or solve before this instant, or nothing lies behind it. */
export function isPlaced(at: number, spoken: Spoken[], solves: number[], heardMax: number): boolean {
  const timesOf = (who: string) => spoken.flatMap((one) => (one.by === who ? [one.at] : []));
  const ends = [...timesOf('agent'), ...solves];
  // Of one instant the reply is remembered rather than the message.
  const all = [...timesOf('customer').map((t) => ({ t, isEnd: false })), ...ends.map((t) => ({ t, isEnd: true }))];
  const known = all.sort((a, b) => a.t - b.t).slice(-heardMax);
  return known.length === all.length || ends.every((t) => t < at) || known.some(({ t, isEnd }) => isEnd && t < at);
}
