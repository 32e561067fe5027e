import { Temporal } from 'temporal-polyfill';
import type { BusinessHours } from '../business-time.ts';

/** Business seconds frame by frame: each local day's frames as two instants. Frames must not overlap, nor begin or end in an hour that the clock skips or repeats. */
export function naiveBusinessSeconds(hours: BusinessHours, fromMs: number, toMs: number): number {
  let openMs = 0;
  const local = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(hours.zone).toPlainDate();
  if (toMs <= fromMs) return 0;
  const last = local(toMs);
  for (let day = local(fromMs); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    if (hours.holidays.includes(day.toString())) continue;
    for (const frame of hours.weekly)
      if (frame.day === day.dayOfWeek) {
        const startMs = instantOf(day, frame.from, hours.zone);
        const endMs = instantOf(day, frame.to, hours.zone);
        openMs += Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs));
      }
  }
  return openMs / 1_000;
}

function instantOf(day: Temporal.PlainDate, clock: string, zone: string): number {
  if (clock === '24:00') return day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  return day.toZonedDateTime({ timeZone: zone, plainTime: clock }).epochMilliseconds;
}
