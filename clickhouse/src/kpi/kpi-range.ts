import type { KpiGrain } from '@deskwire/contracts/kpi';
import { Temporal } from 'temporal-polyfill';

/** [from, to), Unix ms. */
export interface KpiRange {
  from: number;
  to: number;
}

const longRangeMs = 40 * 86_400_000;
/** Reads enough to keep a small machine's engine busy for a while: it may take longer, and others go first. */
export const isLong = ({ from, to }: KpiRange) => to - from > longRangeMs;

/** The period of equal length before. */
export const periodBefore = ({ from, to }: KpiRange): KpiRange => ({ from: 2 * from - to, to: from });

/** The local day of `zone` so far: from its first instant, which is not always midnight, to `now`. */
export function today(now: number, zone: string): KpiRange {
  return { from: atLocal(now, zone).startOfDay().epochMilliseconds, to: now };
}

/** When the local day of `zone` that is `days` before that of `ms` begins. */
export function daysBefore(ms: number, days: number, zone: string): number {
  return atLocal(ms, zone).toPlainDate().subtract({ days }).toZonedDateTime(zone).epochMilliseconds;
}

/**
 * `days` local days before `ms`, at the same time of day. A time that came twice there is the first of the two; one that clocks jumped
 * over is the instant at which they did. In an hour that `ms` is the second to go through, it goes through that time once more.
 */
export function sameTimeBefore(ms: number, days: number, zone: string): number {
  const wanted = atLocal(ms, zone).toPlainDateTime().subtract({ days });
  const found = wanted.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const isThere = found.toPlainDateTime().equals(wanted);
  return ((isThere ? undefined : found.getTimeZoneTransition('next')) ?? found).epochMilliseconds;
}

/**
 * Where the buckets of a range begin, Unix ms: at `from`, and wherever the clock of `zone` begins another `width`, ms: a divisor of a
 * day, or days counted from that of `from`. Clocks that change make days of 23 or 25 hours, and hours that begin again; of an hour or
 * less, a bucket begins at the change, also within an hour; wider ones stand on their hours before and after. Undefined beyond `max`.
 */
export function bucketEdges(
  { from, to }: KpiRange,
  width: KpiGrain | number,
  zone: string,
  max: number,
): number[] | undefined {
  const widthMs = typeof width === 'number' ? width : grainMs[width];
  const next = createClock(widthMs, from, zone);
  const edges: number[] = [];
  for (let edge = from; edge < to; edge = next(edge)) {
    if (edges.length === max) return undefined;
    edges.push(edge);
  }
  return edges;
}

const grainMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** From one edge to the next, of edges in order. The calendar is asked once for each time between two changes: it takes a while. */
function createClock(widthMs: number, from: number, zone: string): (edge: number) => number {
  let offset = offsetAt(from, zone);
  const firstDay = Math.floor((from + offset.ms) / grainMs.day) * grainMs.day;
  const placeOf = (ms: number) => Math.floor((ms + offset.ms - firstDay) / widthMs);
  return (edge) => {
    if (edge >= offset.until) offset = offsetAt(edge, zone);
    const place = placeOf(edge);
    for (;;) {
      const end = firstDay + (place + 1) * widthMs - offset.ms;
      if (end < offset.until) return end;
      const change = offset.until;
      offset = offsetAt(change, zone);
      if (widthMs <= grainMs.hour || placeOf(change) > place) return change;
    }
  };
}

const atLocal = (ms: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);

/** The offset of a zone at an instant, and when its clocks change next. */
function offsetAt(ms: number, zone: string): { ms: number; until: number } {
  const local = atLocal(ms, zone);
  const until = local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  return { ms: local.offsetNanoseconds / 1_000_000, until };
}
