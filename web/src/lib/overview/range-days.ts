import { formatDay } from '../format';
import { isDay } from './view';

/** The days of the desk's zone in which a range begins and ends, as date fields take them: "2026-11-22". Instants end before `to`. */
export function daysOf({ from, to }: { from: string; to: string }, zone: string): { from: string; to: string } {
  const written = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const dayOf = (text: string, lessMs: number) => (isDay(text) ? text : written.format(Date.parse(text) - lessMs));
  return { from: dayOf(from, 0), to: dayOf(to, 1) };
}

/** Whether what is drawn has to name its year: that of another one than the figures were read in. */
export function yearsOf({ from, at }: { from: string; at: string }, zone: string): 'where they differ' | 'always' {
  return yearOf(from, zone) === yearOf(at, zone) ? 'where they differ' : 'always';
}
const yearOf = (time: string, zone: string) => formatDay(time, zone).slice(-4);
