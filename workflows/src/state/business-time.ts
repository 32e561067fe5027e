import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

export interface BusinessCalendar {
  /** Business seconds between two instants (Unix ms), 0 when to <= from. */
  businessSeconds(fromMs: number, toMs: number): number;
}

const clockTime = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const frame = z
  .object({
    /** ISO weekday, 1 = Monday. */
    day: z.number().int().min(1).max(7),
    from: z.string().regex(clockTime, 'a time of day, HH:MM'),
    to: z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of day, HH:MM; 24:00 is the end of the day'),
  })
  .refine(({ from, to }) => from < to, {
    error: 'a frame ends after it starts, on the same day; write one over midnight as two, to 24:00 and from 00:00',
  });

/** When the desk is open: wall-clock frames by weekday in one time zone, any number a day, except on holidays. */
export const businessHours = z.object({
  zone: z.string().refine(isZone, 'a time zone of the IANA database, e.g. Europe/Berlin'),
  weekly: z.array(frame).max(500),
  /** Local dates. */
  holidays: z.array(z.iso.date()).max(5_000),
});
export type BusinessHours = z.infer<typeof businessHours>;

/** Monday to Friday, 09:00 to 17:00. */
export function defaultBusinessHours(zone: string): BusinessHours {
  return { zone, weekly: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })), holidays: [] };
}

/**
 * The desk is open whenever the zone's wall clock stands within a frame: an hour that is skipped does not count, one that
 * the clock shows twice counts twice. Years are worked out on first use and kept, at most 300 of them.
 */
export function createBusinessCalendar(hours: BusinessHours): BusinessCalendar {
  const framesOfDay = weeklyFrames(hours.weekly);
  const holidays = new Set(hours.holidays.map((date) => Date.parse(`${date}T00:00Z`) / dayMs));
  const years = new Map<number, OpenYear>();

  function openYear(year: number): OpenYear {
    const known = years.get(year);
    if (known !== undefined) return known;
    if (years.size >= yearsMax) years.clear();
    const built = buildYear(year, hours.zone, (day) => (holidays.has(day) ? [] : (framesOfDay[isoWeekday(day)] ?? [])));
    years.set(year, built);
    return built;
  }

  return {
    businessSeconds: (fromMs, toMs) => {
      if (!(toMs > fromMs)) return 0;
      const last = new Date(toMs).getUTCFullYear();
      const first = new Date(fromMs).getUTCFullYear();
      let openMs = openSince(openYear(last), toMs) - openSince(openYear(first), fromMs);
      for (let year = first; year < last; year++) openMs += openYear(year).totalMs;
      return openMs / 1_000;
    },
  };
}

const dayMs = 86_400_000;
const yearsMax = 300;

/** Milliseconds of the day, `to` exclusive. */
interface Frame {
  from: number;
  to: number;
}

/** The open spans of one UTC year, in order and apart; `before[i]`: what is open in the year before span i. */
interface OpenYear {
  starts: number[];
  ends: number[];
  before: number[];
  totalMs: number;
}

/** By ISO weekday, sorted. They may overlap: spans are merged where they are laid out. */
function weeklyFrames(weekly: BusinessHours['weekly']): Frame[][] {
  const days: Frame[][] = Array.from({ length: 8 }, () => []);
  for (const { day, from, to } of weekly) days[day]?.push({ from: msOfClock(from), to: msOfClock(to) });
  return days.map((frames) => frames.sort((a, b) => a.from - b.from));
}

function msOfClock(clock: string): number {
  return Number(clock.slice(0, 2)) * 3_600_000 + Number(clock.slice(3)) * 60_000;
}

/** `day`: days since 1970-01-01, a Thursday. */
function isoWeekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function buildYear(year: number, zone: string, framesOf: (day: number) => Frame[]): OpenYear {
  const built: OpenYear = { starts: [], ends: [], before: [], totalMs: 0 };
  for (const { startMs, endMs, offsetMs } of offsetsOf(year, zone)) {
    const lastDay = Math.floor((endMs + offsetMs - 1) / dayMs);
    for (let day = Math.floor((startMs + offsetMs) / dayMs); day <= lastDay; day++)
      for (const { from, to } of framesOf(day)) {
        const midnightMs = day * dayMs - offsetMs;
        addSpan(built, Math.max(midnightMs + from, startMs), Math.min(midnightMs + to, endMs));
      }
  }
  return built;
}

function addSpan(year: OpenYear, startMs: number, endMs: number): void {
  const last = year.ends.length - 1;
  const lastEnd = year.ends[last] ?? -Infinity;
  if (endMs <= startMs || endMs <= lastEnd) return;
  if (startMs <= lastEnd) {
    year.ends[last] = endMs;
    year.totalMs += endMs - lastEnd;
    return;
  }
  year.starts.push(startMs);
  year.ends.push(endMs);
  year.before.push(year.totalMs);
  year.totalMs += endMs - startMs;
}

/** The stretches of a UTC year in which the zone keeps one offset. */
function offsetsOf(year: number, zone: string): { startMs: number; endMs: number; offsetMs: number }[] {
  const stretches = [];
  const yearEndMs = Date.UTC(year + 1, 0, 1);
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, 0, 1)).toZonedDateTimeISO(zone);
  while (at.epochMilliseconds < yearEndMs) {
    const next = at.getTimeZoneTransition('next');
    const endMs = Math.min(next?.epochMilliseconds ?? yearEndMs, yearEndMs);
    stretches.push({ startMs: at.epochMilliseconds, endMs, offsetMs: at.offsetNanoseconds / 1e6 });
    if (next === null) break;
    at = next;
  }
  return stretches;
}

/** Open milliseconds from the year's start to this instant of it. */
function openSince(year: OpenYear, ms: number): number {
  let low = 0;
  let high = year.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((year.starts[middle] ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  const span = low - 1;
  if (span < 0) return 0;
  return (year.before[span] ?? 0) + Math.min(ms, year.ends[span] ?? ms) - (year.starts[span] ?? ms);
}

function isZone(zone: string): boolean {
  try {
    // An offset like +01:00 is none: it knows no daylight saving.
    return (
      /^[A-Za-z]/.test(zone) && Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId !== ''
    );
  } catch {
    return false; // The only way to ask whether a zone is known.
  }
}
