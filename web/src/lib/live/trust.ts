import type { LinkState } from './channel-follower';

/** How far the figures on the page can be trusted, in one line that is always true. */
export type Trust =
  | { state: 'live'; behindMs: number | undefined }
  | { state: 'first-paint' | 'paused' | 'reconnecting'; asOf: string }
  | { state: 'stale'; asOf: string; why: string }
  /** Nothing is held: of last known figures it is said how old they are. */
  | { state: 'unknown'; why: string }
  | { state: 'signed-out' | 'outdated'; asOf: string };

/** Whether the figures can be read as those of now. */
export function isFresh(trust: Trust): boolean {
  return trust.state === 'live' || trust.state === 'first-paint';
}

/** Whether it is live, and yet what happened lately is still on its way. */
export function isFarBehind(trust: Trust): boolean {
  return trust.state === 'live' && (trust.behindMs ?? 0) > farBehindMs;
}
/** The watermark moves every second while every source is heard of, also when nothing happens. */
const farBehindMs = 10_000;

/** What the data of a channel say of themselves. */
export interface Proof {
  /** When they were read, the oldest of them, server time, ISO. */
  asOf: string;
  /** When the newest of them was read, where they were not read at one time: while it is recent, reading goes on. */
  lastReadAt?: string | undefined;
  /** Every event that arrived before is in them, Unix ms; undefined while that is not known. */
  watermark: number | undefined;
  /** Why they are older than the frame that brought them. */
  why: string | null;
  /** They were read for this frame, however long that took: only their lag says how old they are. */
  isAnew?: boolean;
}

/** What the page holds: data, the server's time when they were sent, and how long ago that was by a monotonic clock. */
export interface Held {
  /** Undefined while there are no data. */
  proof: Proof | undefined;
  /** Server time, ISO. */
  at: string;
  ageMs: number;
  /** For how long nothing has come that proves its maker to be there; absent: since that frame. */
  silentMs?: number;
}

/** Frames, or signs that the next one is being made, come at least every second: three missed ones are no coincidence. */
const staleAfterMs = 3_500;
/** A reading that takes so long is no longer merely slow. */
const readingMsMax = 10_000;

/** Never looks at the browser's time of day: lag is the server's `at` minus the watermark plus the age of the frame. */
export function judgeTrust(link: LinkState, { proof, at, ageMs, silentMs = ageMs }: Held): Trust {
  const asOf = proof?.asOf ?? at;
  switch (link.state) {
    case 'signed-out':
    case 'outdated':
      return { state: link.state, asOf };
    case 'refused':
      return proof === undefined
        ? { state: 'unknown', why: link.message }
        : { state: 'stale', asOf: proof.asOf, why: link.message };
    case 'paused':
      return { state: 'paused', asOf };
    case 'connecting':
      return unreadable() ?? { state: 'first-paint', asOf };
    case 'reconnecting':
      return { state: 'reconnecting', asOf };
    case 'connected':
      if (silentMs > staleAfterMs) return { state: 'stale', asOf, why: 'Nothing has come from the server since.' };
      if (ageMs > readingMsMax)
        return { state: 'stale', asOf, why: 'The server has been reading since, and is not done.' };
      return unreadable() ?? { state: 'live', behindMs: lagMs({ proof, at, ageMs }) };
    default:
      return link satisfies never;
  }

  /** The server is there, but what it shows is old: it could not read the figures when it sent this. */
  function unreadable(): Trust | undefined {
    if (proof === undefined) return { state: 'unknown', why: 'Nothing could be read yet.' };
    if (proof.isAnew === true) return undefined;
    const oldMs = Date.parse(at) - Date.parse(proof.lastReadAt ?? proof.asOf);
    if (oldMs <= staleAfterMs) return undefined;
    return { state: 'stale', asOf: proof.asOf, why: proof.why ?? 'The figures cannot be read at the moment.' };
  }
}

/** How far what is shown is behind the world, ms; undefined while that is not known. */
export function lagMs({ proof, at, ageMs }: Held): number | undefined {
  return proof?.watermark === undefined ? undefined : Math.max(0, Date.parse(at) - proof.watermark + ageMs);
}
