/** What the Origin header lets a client do: a page of ours, a program (which then needs a bearer token), or nothing. */
export type OriginVerdict = 'page' | 'program' | 'refused';

/**
 * Judged synchronously in `allowRequest`: with an asynchronous one a client that aborts its handshake kills the process
 * (facts/hub.md 0.6). Browsers always send Origin and pages cannot forge it; `null` comes from sandboxed frames and files.
 */
export function judgeOrigin(origin: string | undefined, allowed: readonly string[]): OriginVerdict {
  if (origin === undefined) return 'program';
  return allowed.includes(origin) ? 'page' : 'refused';
}
