import { bucketEdges, today, type KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import { isDay, type RangeChoice } from '../overview/view';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const;

/** The range that a view means at `now`, Unix ms; what is absent, the server of the figures sets: today, until now. */
export function rangeOf(choice: RangeChoice, now: number, zone: string): Partial<KpiRange> {
  const thisDay = today(now, zone).from;
  switch (choice.name) {
    case 'today':
      return {};
    case 'yesterday':
      return { from: daysBefore(thisDay, 1, zone), to: thisDay };
    case '7d':
      return { from: daysBefore(thisDay, 6, zone) };
    case '28d':
      return { from: daysBefore(thisDay, 27, zone) };
    case 'custom':
      return { from: momentOf(choice.from, zone).from, to: momentOf(choice.to, zone).to };
    default:
      return choice satisfies never;
  }
}

/**
 * What a range is compared with: today with yesterday up to the same time of day, anything else with the period before, of one that
 * is not over at `now`, Unix ms, as much of it.
 */
export function comparedRange(
  choice: RangeChoice,
  { from, to }: KpiRange,
  { zone, now }: { zone: string; now: number },
): KpiRange {
  if (choice.name !== 'today') {
    const before = 2 * from - to;
    return { from: before, to: from < now && now < to ? before + now - from : from };
  }
  const yesterday = daysBefore(from, 1, zone);
  return { from: yesterday, to: Math.min(yesterday + to - from, from) };
}

/** Where the buckets of a range begin: some tens, on the clock of the desk. */
export function overviewEdges(range: KpiRange, zone: string): { stepMs: number; edges: number[] } {
  const length = range.to - range.from;
  const stepMs = steps.find((step) => length / step <= bucketsMax) ?? 7 * day;
  const start = today(range.from, zone).from;
  const places = Math.ceil((range.to - start) / stepMs);
  // Weeks are counted, because asking the calendar for each day of ten years takes a second.
  if (stepMs > day) {
    const weeks = Array.from({ length: places }, (_, week) => Math.max(range.from, start + week * stepMs));
    return { stepMs, edges: weeks };
  }
  const grain = stepMs === day ? 'day' : stepMs >= hour ? 'hour' : 'minute';
  const all = bucketEdges(range, grain, zone, edgesMax) ?? [range.from];
  // Clocks that change shift what follows by an hour, which moves the edges and loses nothing.
  const edges = all.filter((edge, place) => place === 0 || grain === 'day' || (edge - start) % stepMs === 0);
  return { stepMs, edges };
}
const steps = [minute, 5 * minute, 15 * minute, 30 * minute, hour, 3 * hour, 6 * hour, day, 7 * day];
const bucketsMax = 72;
const edgesMax = 6_000;

function daysBefore(dayStart: number, days: number, zone: string): number {
  let start = dayStart;
  for (let back = 0; back < days; back += 1) start = today(start - 1, zone).from;
  return start;
}

/** An instant is itself; a day of the desk lasts from its first moment to that of the next. */
function momentOf(text: string, zone: string): KpiRange {
  const instant = Date.parse(text);
  if (!isDay(text)) return { from: instant, to: instant };
  const written = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  // Somewhere in these 26 hours it is that day in any zone.
  const within = [12, 0, -2, 23].map((hours) => instant + hours * hour).find((time) => written.format(time) === text);
  const { from } = today(within ?? instant, zone);
  return { from, to: today(from + 26 * hour, zone).from };
}
