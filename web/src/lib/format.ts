let counts: Intl.NumberFormat | undefined;

/** Made when it is first needed: the first format of a page takes a phone a tenth of a second (measured). */
export function formatCount(count: number): string {
  counts ??= new Intl.NumberFormat('en-US');
  return counts.format(count);
}

/** Events per second: one decimal while that says something. */
export function formatRate(perS: number): string {
  return perS >= 100 || perS === 0 ? formatCount(Math.round(perS)) : perS.toFixed(1);
}

/** "0.4 s", "12 s", "3 min", "2 h", "5 d". */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A duration of the desk, from seconds: "42 s", "14 min", "1.2 h", "3.1 d". */
export function formatDuration(seconds: number): string {
  const { word, size, digits } = unitOf(seconds);
  return `${(seconds / size).toFixed(digits)} ${word}`;
}

/** As many seconds as `formatDuration` says. */
export function shownDuration(seconds: number): number {
  const { size, digits } = unitOf(seconds);
  return Number((seconds / size).toFixed(digits)) * size;
}

/** Minutes up to an hour and a half, hours up to a day and a half. */
function unitOf(seconds: number) {
  if (seconds < 60) return { word: 's', size: 1, digits: 0 };
  if (seconds < 5_400) return { word: 'min', size: 60, digits: 0 };
  if (seconds < 129_600) return { word: 'h', size: 3_600, digits: 1 };
  return { word: 'd', size: 86_400, digits: 1 };
}

/** A rate of 0..1: "94.1 %". */
export function formatShare(ratio: number): string {
  return `${shownPercent(ratio).toFixed(1)} %`;
}

/** As many per cent as `formatShare` says. */
export const shownPercent = (ratio: number) => Number((100 * ratio).toFixed(1));

/** "12 s"; whole seconds, because it stands beside many others that move. */
export function formatWholeSpan(ms: number): string {
  return ms < 10_000 ? `${Math.max(0, Math.floor(ms / 1_000))} s` : formatSpan(ms);
}

/** "12 s ago". */
export function formatAgo(ms: number): string {
  return ms < 1_000 ? 'now' : `${formatWholeSpan(ms)} ago`;
}

const styles = {
  clock: { timeStyle: 'medium' },
  minute: { timeStyle: 'short' },
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  shortDay: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept: to make one takes a hundred times as long as to use it (measured). There is one desk, so one zone. */
function formatTime(time: string | number, zone: string, style: keyof typeof styles): string {
  const key = `${style} ${zone}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...styles[style] });
    formats.set(key, format);
  }
  return format.format(new Date(time));
}

/** Time of day in the desk's zone, with the date when that is not the day of `now`. */
export function formatClock(iso: string, zone: string, now?: number): string {
  const clock = formatTime(iso, zone, 'clock');
  if (now === undefined) return clock;
  return formatDay(iso, zone) === formatDay(now, zone) ? clock : `${formatDay(iso, zone)}, ${clock}`;
}

/** "today at 12:04", or "on 22 Nov 2026, 12:04", in the desk's zone; `now`: Unix ms. */
export function formatMoment(iso: string, zone: string, now: number): string {
  const [day, minute] = [formatDay(iso, zone), formatMinute(iso, zone)];
  return day === formatDay(now, zone) ? `today at ${minute}` : `on ${day}, ${minute}`;
}

/** "22 Nov 2026" in the desk's zone. */
export const formatDay = (time: string | number, zone: string) => formatTime(time, zone, 'day');

/** "14:05" in the desk's zone. */
export const formatMinute = (time: string | number, zone: string) => formatTime(time, zone, 'minute');

/** "22 Nov" in the desk's zone. */
export const formatShortDay = (time: string | number, zone: string) => formatTime(time, zone, 'shortDay');

/** "Nov 2026" in the desk's zone. */
export const formatMonth = (time: string | number, zone: string) => formatTime(time, zone, 'month');

/**
 * "22 Nov, 14:05 to 15:00", or with both days when they differ; whole days without their hours. Of two years it names both. What lies
 * within one minute is one moment: "22 Nov at 14:05".
 */
export function formatRange(
  from: string,
  to: string,
  zone: string,
  years: 'where they differ' | 'always' = 'where they differ',
): string {
  const [start, end] = [formatMinute(from, zone), formatMinute(to, zone)];
  const isMoment = start === end && Date.parse(to) - Date.parse(from) < 60_000;
  const lastMoment = isMoment ? from : Date.parse(to) - 1;
  const dated = [formatDay(from, zone), formatDay(lastMoment, zone)] as const;
  const isOneYear = dated[0].slice(-4) === dated[1].slice(-4);
  const days =
    years === 'always' || !isOneYear
      ? dated
      : ([formatShortDay(from, zone), formatShortDay(lastMoment, zone)] as const);
  if (isMoment) return `${days[0]} at ${start}`;
  if (start === '00:00' && end === '00:00') return days[0] === days[1] ? days[0] : `${days[0]} to ${days[1]}`;
  return days[0] === days[1] ? `${days[0]}, ${start} to ${end}` : `${days[0]}, ${start} to ${days[1]}, ${end}`;
}
