import type { DeskEvent } from '@deskwire/contracts/event';

/** Where a message stands in what its source sends: by time, then by key. */
export interface DemoPlace {
  /** Unix time, ms; may have a fraction. */
  sendAtMs: number;
  key: string;
}

/** One message of a simulated source. What is meant bad has the form of an event and is refused by ingest. */
export type DemoMessage = DemoPlace &
  (
    | { meant: 'good' | 'late' | 'duplicate'; event: DeskEvent }
    | { meant: 'bad'; event: { type: string; [field: string]: unknown } }
  );

/** Negative when `a` is sent before `b`. */
export function comparePlaces(a: DemoPlace, b: DemoPlace): number {
  return a.sendAtMs - b.sendAtMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

export const isoTime = (ms: number) => new Date(ms).toISOString();
