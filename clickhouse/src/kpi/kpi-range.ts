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

/** The local day of `zone` so far: from its first instant, which is not always midnight, to `now`. */
export function today(now: number, zone: string): KpiRange {
  return { from: atLocal(now, zone).startOfDay().epochMilliseconds, to: now };
}

/**
 * Where the buckets of a range begin, Unix ms: at `from`, and wherever a local minute, hour or day begins. Clocks that change make
 * days of 23 or 25 hours, and hours that begin again; a change by half an hour begins a bucket of its own. Undefined beyond `max`.
 */
export function bucketEdges({ from, to }: KpiRange, grain: KpiGrain, zone: string, max: number): number[] | undefined {
  const edges: number[] = [];
  let offset = { ms: 0, until: -Infinity };
  for (let edge = from; edge < to;) {
    if (edges.length === max) return undefined;
    edges.push(edge);
    if (grain === 'day') edge = atLocal(edge, zone).startOfDay().add({ days: 1 }).startOfDay().epochMilliseconds;
    else {
      if (edge >= offset.until) offset = offsetAt(edge, zone);
      const next = (Math.floor((edge + offset.ms) / gridMs[grain]) + 1) * gridMs[grain] - offset.ms;
      edge = Math.min(next, offset.until);
    }
  }
  return edges;
}

const gridMs = { minute: 60_000, hour: 3_600_000 } as const;

const atLocal = (ms: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);

/** The offset of a zone at an instant, and when its clocks change next. */
function offsetAt(ms: number, zone: string): { ms: number; until: number } {
  const local = atLocal(ms, zone);
  const until = local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  return { ms: local.offsetNanoseconds / 1_000_000, until };
}
