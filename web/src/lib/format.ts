const counts = new Intl.NumberFormat('en-US');

export function formatCount(count: number): string {
  return counts.format(count);
}

/** Events per second: one decimal while that says something. */
export function formatRate(perS: number): string {
  return perS >= 100 || perS === 0 ? counts.format(Math.round(perS)) : perS.toFixed(1);
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

/** "12 s ago"; whole seconds, because it stands beside many others that move. */
export function formatAgo(ms: number): string {
  if (ms < 1_000) return 'now';
  return ms < 10_000 ? `${Math.floor(ms / 1_000)} s ago` : `${formatSpan(ms)} ago`;
}

/** Time of day in the desk's zone, with the date when that is not the day of `now`. */
export function formatClock(iso: string, zone: string, now?: number): string {
  const time = new Date(iso);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' }).format(time);
  if (now === undefined) return clock;
  return formatDay(iso, zone) === formatDay(now, zone) ? clock : `${formatDay(iso, zone)}, ${clock}`;
}

/** "22 Nov 2026" in the desk's zone. */
export function formatDay(time: string | number, zone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' });
  return day.format(new Date(time));
}
