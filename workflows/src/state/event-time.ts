/**
 * A time as the state keeps it: UTC with milliseconds, and with what a source knows beyond them, so that two of its
 * snapshots within one millisecond keep their order.
 */
export function exactTime(text: string): string {
  if (text.length === 24 && text.endsWith('Z')) return text;
  const ms = new Date(text).toISOString();
  const finer = (/\.(\d+)/.exec(text)?.[1] ?? '').slice(3).replace(/0+$/, '');
  return finer === '' ? ms : `${ms.slice(0, -1)}${finer}Z`;
}

/** Before everything: stands where a ticket that is not known yet has no time. */
export const never = '1970-01-01T00:00:00.000Z';

/** Of two times of `exactTime`. Those of one length sort as texts; others do without the Z. */
export function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.slice(0, -1) < b.slice(0, -1);
}

/** Unix ms as the state keeps them. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

export function latest(first: string, ...others: string[]): string {
  let late = first;
  for (const time of others) if (isBefore(late, time)) late = time;
  return late;
}
