import {
  bucketEdges,
  daysBefore,
  periodBefore,
  sameTimeBefore,
  today,
  type KpiRange,
} from '@deskwire/clickhouse/kpi/kpi-range';
import { isDay, type RangeChoice } from '../overview/view';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const;

/** The range that a view means at `now`, Unix ms; what is absent, the server of the figures sets: today, until now. */
export function rangeOf(choice: RangeChoice, now: number, zone: string): Partial<KpiRange> {
  const thisDay = today(now, zone).from;
  switch (choice.name) {
    case 'today':
      return {};
    case 'yesterday':
      return { from: daysBefore(now, 1, zone), to: thisDay };
    case '7d':
      return { from: daysBefore(now, 6, zone) };
    case '28d':
      return { from: daysBefore(now, 27, zone) };
    case 'custom':
      return { from: momentOf(choice.from, zone).from, to: momentOf(choice.to, zone).to };
    default:
      return choice satisfies never;
  }
}

/**
 * What a range is compared with: days of the desk with as many days before them, anything else with the period of equal length
 * before. Of what is not over at `now`, Unix ms, as much: of days up to the same time of day.
 */
export function comparedRange(
  choice: RangeChoice,
  { from, to }: KpiRange,
  { zone, now }: { zone: string; now: number },
): KpiRange {
  const isRunning = choice.name === 'today' || (from < now && now < to);
  const days = daysOf(choice);
  if (days === undefined) {
    const before = periodBefore({ from, to });
    return { from: before.from, to: isRunning ? before.from + now - from : before.to };
  }
  const before = daysBefore(from, days, zone);
  // The first moment of a day is a range too.
  const soFar = isRunning ? Math.max(before + 1, sameTimeBefore(Math.min(now, to), days, zone)) : from;
  return { from: before, to: soFar };
}

/** How many days of the desk a choice means; undefined for what begins or ends within one. */
function daysOf(choice: RangeChoice): number | undefined {
  switch (choice.name) {
    case 'today':
    case 'yesterday':
      return 1;
    case '7d':
    case '28d':
      return undefined;
    case 'custom':
      return isDay(choice.from) && isDay(choice.to)
        ? (Date.parse(choice.to) - Date.parse(choice.from)) / day + 1
        : undefined;
    default:
      return choice satisfies never;
  }
}

/** Where the buckets of a range begin: some tens, on the clock of the desk. */
export function overviewEdges(range: KpiRange, zone: string): { stepMs: number; edges: number[] } {
  const length = range.to - range.from;
  const stepMs = steps.find((step) => length / step <= bucketsMax) ?? 7 * day;
  return { stepMs, edges: bucketEdges(range, stepMs, zone, edgesMax) ?? [range.from] };
}
const steps = [minute, 5 * minute, 15 * minute, 30 * minute, hour, 3 * hour, 6 * hour, day, 7 * day];
const bucketsMax = 72;
/** In ten years there are 523 weeks. */
const edgesMax = 600;

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
