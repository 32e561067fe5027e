import { formatDay, formatMinute, formatMonth, formatShortDay } from '../format';

/** A label below the time axis, Unix ms. */
export interface Tick {
  at: number;
  text: string;
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const;
const steps = [1, 5, 15, 30].map((n) => n * minute).concat([1, 3, 6, 12].map((n) => n * hour));

/** At most `max` labels at round local times among the places where buckets begin. */
export function timeTicks(edges: readonly number[], zone: string, max: number): Tick[] {
  const [first, last] = [edges[0], edges.at(-1)];
  if (first === undefined || last === undefined) return [];
  const places = edges.map((at) => ({ at, sinceMidnight: msOfDay(formatMinute(at, zone)) }));
  for (const step of steps) {
    const round = places.filter(({ sinceMidnight }) => sinceMidnight % step === 0);
    if ((last - first) / step > max || round.length === 0) continue;
    return round.map(({ at, sinceMidnight }) => ({
      at,
      text: sinceMidnight === 0 ? formatShortDay(at, zone) : formatMinute(at, zone),
    }));
  }
  // The first of each local day: where clocks have changed it does not begin at midnight.
  const step = (edges[1] ?? last) - first;
  const days = places.filter(({ at, sinceMidnight }, place) => {
    const before = edges[place - 1];
    return before === undefined ? sinceMidnight < step : formatDay(before, zone) !== formatDay(at, zone);
  });
  const every = Math.max(1, Math.ceil((days.length > 0 ? days : places).length / max));
  const format = last - first > 370 * day ? formatMonth : formatShortDay;
  return (days.length > 0 ? days : places)
    .filter((_, place) => place % every === 0)
    .map(({ at }) => ({ at, text: format(at, zone) }));
}

function msOfDay(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * hour + minutes * minute;
}
