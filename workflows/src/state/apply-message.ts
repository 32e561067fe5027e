import type { TicketClock, WaitingEvent } from '@deskwire/contracts/ticket';
import type { Measures } from '@deskwire/contracts/ticket-change';
import type { BusinessCalendar } from './business-time.ts';
import { measureSolve } from './change-state.ts';
import { exactTime, isBefore, latest } from './event-time.ts';
import { durationBetween } from './spent-time.ts';
import type { MessageData, RatingData } from './ticket-event.ts';
import { unmoved, type Step, type TicketState } from './ticket-state.ts';

/** A message: only public ones of agents and customers measure anything. Before its ticket is known it waits. */
export function applyMessage(state: TicketState, data: MessageData, calendar: BusinessCalendar): Step {
  const at = exactTime(data.created_at);
  const change = unmoved(state, 'message', at);
  if (!data.public || data.author === 'system') return { state, change, late: false };
  if (!state.known) return wait(state, { kind: 'message', author: data.author, public: true, at }, change);
  const { clock, measures, late_at } = hear(state.created_at, state.clock, data.author, at, calendar);
  return { state: { ...state, clock }, change: { ...change, late_at, measures }, late: late_at !== null };
}

/** A rating counts each time one comes, whenever it comes. */
export function applyRating(state: TicketState, data: RatingData): Step {
  const at = exactTime(data.rated_at);
  const change = unmoved(state, 'rating', at);
  if (!state.known) return wait(state, { kind: 'rating', score: data.score, at }, change);
  return { state, change: { ...change, measures: { ratings: [{ at, score: data.score }] } }, late: false };
}

const waitingMax = 8;

/** Beyond the bound it measures nothing and says so. */
function wait(state: TicketState, event: WaitingEvent, change: Step['change']): Step {
  if (state.waiting.length >= waitingMax) return { state, change: { ...change, late_at: event.at }, late: true };
  return { state: { ...state, waiting: [...state.waiting, event] }, change, late: false };
}

export interface Heard {
  clock: TicketClock;
  measures: Measures;
  late_at: string | null;
}

/**
 * What a waiting event means to a ticket that is known by now. Of several next replies one change can tell only the first:
 * the others are late.
 */
export function hearWaiting(createdAt: string, so: Heard, event: WaitingEvent, calendar: BusinessCalendar): Heard {
  if (event.kind === 'rating') {
    const ratings = [...(so.measures.ratings ?? []), { at: event.at, score: event.score }];
    return { ...so, measures: { ...so.measures, ratings } };
  }
  if (event.author === 'system') return so;
  const { clock, measures, late_at } = hear(createdAt, so.clock, event.author, event.at, calendar);
  const untold = so.measures.next_reply !== undefined && measures.next_reply !== undefined ? event.at : null;
  return { clock, measures: { ...measures, ...so.measures }, late_at: so.late_at ?? late_at ?? untold };
}

/** A public message heard: a message older than the newest reply comes too late to measure. */
function hear(
  createdAt: string,
  clock: TicketClock,
  author: 'agent' | 'customer',
  at: string,
  calendar: BusinessCalendar,
): Heard {
  const late_at = clock.last_reply_at !== null && isBefore(at, clock.last_reply_at) ? at : null;
  if (author === 'customer') return { clock: startWait(clock, at), measures: {}, late_at };
  // An agent's message that is not after the creation opened the ticket.
  if (!isBefore(createdAt, at)) return { clock, measures: {}, late_at: null };

  const measures: Measures = {};
  const next = {
    ...clock,
    agent_replies: clock.agent_replies + 1,
    last_reply_at: latest(clock.last_reply_at ?? at, at),
  };
  const since = clock.unanswered_since;
  const answers = since !== null && !isBefore(at, since);
  if (answers) next.unanswered_since = null;
  if (clock.first_reply_at === null) {
    measures.first_reply = { ...durationBetween(createdAt, at, calendar), at };
    next.first_reply_at = at;
  } else if (answers) measures.next_reply = { ...durationBetween(since, at, calendar), at };
  if (clock.solved_at !== null && isBefore(clock.solved_at, at)) next.replies_since_solve++;
  else if (clock.solved_at !== null) measures.solve = measureSolve(createdAt, next, clock.solved_at, calendar);
  return { clock: next, measures, late_at };
}

/** Several messages in a row are one wait, from the earliest. What came before the solve needs no answer. */
function startWait(clock: TicketClock, at: string): TicketClock {
  const { last_reply_at, solved_at, unanswered_since } = clock;
  const opens =
    (last_reply_at === null || isBefore(last_reply_at, at)) &&
    (solved_at === null || isBefore(solved_at, at)) &&
    (unanswered_since === null || isBefore(at, unanswered_since));
  return opens ? { ...clock, unanswered_since: at } : clock;
}
