import type { TicketStatus } from '@deskwire/contracts/event-ticket';
import type { SpentTime } from '@deskwire/contracts/ticket';
import type { Duration } from '@deskwire/contracts/ticket-change';
import type { BusinessCalendar } from './business-time.ts';
import { bucketOf } from './transitions.ts';

export const nothingSpent: SpentTime = {
  new_s: 0,
  open_s: 0,
  pending_s: 0,
  hold_s: 0,
  new_business_s: 0,
  open_business_s: 0,
  pending_business_s: 0,
  hold_business_s: 0,
};

/** From one instant to another, never negative. Seconds, exact to the millisecond. */
export function durationBetween(from: string, to: string, calendar: BusinessCalendar): Duration {
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  return { s: Math.max(0, toMs - fromMs) / 1_000, business_s: calendar.businessSeconds(fromMs, toMs) };
}

/** Adds the time that a ticket was in a status. */
export function spend(spent: SpentTime, status: TicketStatus, { s, business_s }: Duration): SpentTime {
  const bucket = bucketOf[status];
  if (bucket === undefined) return spent;
  const sum = add(durationOf(spent, bucket), { s, business_s });
  return { ...spent, [`${bucket}_s`]: sum.s, [`${bucket}_business_s`]: sum.business_s };
}

/** Time spent in these statuses together. */
export function spentIn(spent: SpentTime, ...buckets: ('new' | 'open' | 'pending' | 'hold')[]): Duration {
  return buckets.map((bucket) => durationOf(spent, bucket)).reduce(add);
}

function durationOf(spent: SpentTime, bucket: 'new' | 'open' | 'pending' | 'hold'): Duration {
  return { s: spent[`${bucket}_s`], business_s: spent[`${bucket}_business_s`] };
}

function add(a: Duration, b: Duration): Duration {
  return { s: wholeMs(a.s + b.s), business_s: wholeMs(a.business_s + b.business_s) };
}

/** Sums of tenths drift in binary; sums of whole milliseconds do not. */
function wholeMs(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
