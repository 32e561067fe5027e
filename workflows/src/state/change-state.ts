import type { TicketClock } from '@deskwire/contracts/ticket';
import type { Measures } from '@deskwire/contracts/ticket-change';
import type { BusinessCalendar } from './business-time.ts';
import { latest, timeText } from './event-time.ts';
import { standsLike, type Late } from './lateness.ts';
import { durationBetween, spend, spentIn } from './spent-time.ts';
import type { TicketState } from './ticket-state.ts';
import { isGone, isOpen, isSettled, transitions } from './transitions.ts';
import { readWaits, waitSince, withTime } from './waits.ts';

export interface StateChange {
  clock: TicketClock;
  moved: {
    measures: Measures;
    open_before: boolean;
    open_after: boolean;
    solved: boolean;
    reopened: boolean;
  };
  late: Late | null;
}

/** Moves a ticket from one state to the next at an instant that is not before its clock's `changed_at`. */
export function changeState(
  before: TicketState,
  after: TicketState,
  at: string,
  calendar: BusinessCalendar,
): StateChange {
  const counts = isGone(before) || isGone(after) ? '' : transitions[before.status][after.status];
  const spent = isGone(before)
    ? before.clock.spent
    : spend(before.clock.spent, before.status, durationBetween(before.clock.changed_at, at, calendar));
  const clock: TicketClock = { ...before.clock, changed_at: at, spent };
  if (!standsLike(before, after)) clock.stood_ms = Date.parse(at);
  const measures: Measures = {};
  let late: Late | null = null;
  if (!isSettled(after.status)) clock.solved_at = null;
  switch (counts) {
    case 'solved':
      if (clock.first_solved_at === null)
        measures.first_resolution = { ...durationBetween(after.created_at, at, calendar), at };
      clock.first_solved_at ??= at;
      clock.solved_at = at;
      clock.replies_since_solve = readWaits(before.clock).replied.filter((reply) => reply > Date.parse(at)).length;
      clock.solves++;
      late = lateForSolve(before.clock, at);
      clock.heard = withTime(clock.heard, 's', Date.parse(at));
      // What a customer writes after the solve waits on.
      clock.unanswered_since = openAfterSolve(before.clock, at);
      measures.solve = measureSolve(after.created_at, clock, at, calendar);
      break;
    case 'reopened':
      if (before.clock.solved_at !== null) measures.reopened_solve_at = before.clock.solved_at;
      clock.reopens++;
      break;
    case '':
      break;
    default:
      counts satisfies never;
  }
  return {
    clock,
    moved: {
      measures,
      open_before: isOpen(before),
      open_after: isOpen(after),
      solved: counts === 'solved',
      reopened: counts === 'reopened',
    },
    late,
  };
}

/** A reply that came before the solve, and is after it, was measured from a wait that the solve had ended. */
function lateForSolve(clock: TicketClock, at: string): Late | null {
  const ms = Date.parse(at);
  const { forgottenUntil, lastEnd, replied, waitOf } = readWaits(clock);
  if (ms < forgottenUntil) return { from: at, until: latest(at, timeText(lastEnd)) };
  const reply = replied.find((time) => time > ms);
  const isFirst = clock.first_reply_at !== null && Date.parse(clock.first_reply_at) === reply;
  if (reply !== undefined && !isFirst && waitOf(reply) <= ms) return { from: at, until: timeText(reply) };
  return clock.missed === true ? { from: at, until: at } : null;
}

function openAfterSolve(clock: TicketClock, at: string): string | null {
  const { askedAfter, lastEnd } = readWaits(clock);
  return waitSince(askedAfter(Math.max(lastEnd, Date.parse(at))));
}

/** Everything that a solve settles. While a ticket is solved no time is spent, so it can be measured again later. */
export function measureSolve(
  createdAt: string,
  { spent, agent_replies, replies_since_solve }: TicketClock,
  at: string,
  calendar: BusinessCalendar,
): NonNullable<Measures['solve']> {
  return {
    at,
    resolution: durationBetween(createdAt, at, calendar),
    requester_wait: spentIn(spent, 'new', 'open', 'hold'),
    agent_work: spentIn(spent, 'new', 'open'),
    agent_wait: spentIn(spent, 'pending'),
    on_hold: spentIn(spent, 'hold'),
    agent_replies: agent_replies - replies_since_solve,
  };
}
