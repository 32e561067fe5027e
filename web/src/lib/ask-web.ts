/**
 * `fetch` that gives up after a while, also in the middle of a body: of a server that froze, or a network that drops everything
 * without a word, a browser would wait for an answer as long as the page stands. Rejects as `fetch` does.
 */
export function askWeb(address: string, { withinMs = 10_000, ...init }: AskWebOptions = {}): Promise<Response> {
  return fetch(address, { ...init, signal: AbortSignal.timeout(withinMs) });
}

export interface AskWebOptions extends Omit<RequestInit, 'signal'> {
  withinMs?: number;
}

/** For what ClickHouse is asked about: long ranges take their turns, and ten seconds each. */
export const figuresWithinMs = 30_000;
