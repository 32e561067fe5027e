import type { FlowReport } from '@deskwire/contracts/flow';
import type { LinkState } from './hub-client';

/** How far the figures on the page can be trusted, in one line that is always true. */
export type Trust =
  | { state: 'live'; behindMs: number | undefined }
  | { state: 'first-paint' | 'reconnecting' | 'stale'; asOf: string }
  | { state: 'unknown'; since: string | undefined; why: string }
  | { state: 'signed-out'; asOf: string };

/** Whether the figures can be read as those of now. */
export function isFresh(trust: Trust): boolean {
  return trust.state === 'live' || trust.state === 'first-paint';
}

/** What the page holds: a report, the server's time when it was sent, and how long ago that was by a monotonic clock. */
export interface Held {
  report: FlowReport | undefined;
  /** Server time, ISO. */
  at: string;
  ageMs: number;
}

/** Frames come at least every second: three missed ones are no coincidence. */
const staleAfterMs = 3_500;

/** Never looks at the browser's time of day: lag is the server's `at` minus the watermark plus the age of the frame. */
export function judgeTrust(link: LinkState, { report, at, ageMs }: Held): Trust {
  const asOf = report?.at ?? at;
  switch (link.state) {
    case 'signed-out':
      return { state: 'signed-out', asOf };
    case 'refused':
      return { state: 'unknown', since: report?.at, why: link.message };
    case 'connecting':
      return unreadable() ?? { state: 'first-paint', asOf };
    case 'reconnecting':
      return { state: 'reconnecting', asOf };
    case 'connected':
      if (ageMs > staleAfterMs) return { state: 'stale', asOf };
      return unreadable() ?? { state: 'live', behindMs: lagMs({ report, at, ageMs }) };
    default:
      return link satisfies never;
  }

  /** The server is there, but what it shows is old: it could not read the ledger when it sent this. */
  function unreadable(): Trust | undefined {
    if (report === undefined) return { state: 'unknown', since: undefined, why: 'Nothing could be read yet.' };
    const old = Date.parse(at) - Date.parse(report.at) > staleAfterMs;
    return old ? { state: 'unknown', since: report.at, why: report.why ?? 'ClickHouse does not answer.' } : undefined;
  }
}

/** Of the stream that is furthest behind, ms; undefined while no stream has a watermark. */
export function lagMs({ report, at, ageMs }: Held): number | undefined {
  const marks = (report?.streams ?? []).flatMap((stream) =>
    stream.watermark === null ? [] : [Date.parse(stream.watermark)],
  );
  return marks.length === 0 ? undefined : Math.max(0, Date.parse(at) - Math.min(...marks) + ageMs);
}
