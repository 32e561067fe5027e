import type { TicketClock } from '@deskwire/contracts/ticket';
import type { Measures } from '@deskwire/contracts/ticket-change';
import type { BusinessCalendar } from './business-time.ts';
import { measureSolve } from './change-state.ts';
import { isBefore, latest, timeText } from './event-time.ts';
import { earliest, lateOver, type Late } from './lateness.ts';
import { durationBetween } from './spent-time.ts';
import { readWaits, waitSince, withTime } from './waits.ts';

export interface Heard {
  clock: TicketClock;
  measures: Measures;
  late: Late | null;
}

/**
 * A public message takes its place among those that are known. Where it only adds a measure, that is told now; where it would take
 * one away or make it another, that stays as it was told, and is late.
 */
export function hear(
  createdAt: string,
  clock: TicketClock,
  author: 'agent' | 'customer',
  at: string,
  calendar: BusinessCalendar,
): Heard {
  // An agent's message that is not after the creation opened the ticket.
  if (author === 'agent' && !isBefore(createdAt, at)) return { clock, measures: {}, late: null };
  const { next, adds, moved } = author === 'agent' ? placeReply(clock, at) : placeMessage(clock, at);
  const measures: Measures = {};
  if (adds !== undefined) {
    const repliedAt = author === 'agent' ? at : timeText(adds.reply);
    const since = adds.is === 'first_reply' ? createdAt : timeText(adds.since);
    measures[adds.is] = { ...durationBetween(since, repliedAt, calendar), at: repliedAt };
  }
  if (author === 'agent' && next.solved_at !== null) {
    if (isBefore(next.solved_at, at)) next.replies_since_solve++;
    else measures.solve = measureSolve(createdAt, next, next.solved_at, calendar);
  }
  const reply = author === 'agent' ? Date.parse(at) : undefined;
  const unsure = next.missed === true ? (adds?.reply ?? reply) : undefined;
  return { clock: next, measures, late: lateOver(lateUntil(at, moved), lateUntil(at, unsure)) };
}

const lateUntil = (from: string, ms: number | undefined): Late | null =>
  ms === undefined ? null : { from, until: latest(from, timeText(ms)) };

/** Unix ms. */
interface Placed {
  next: TicketClock;
  adds?: { is: 'first_reply'; reply: number } | { is: 'next_reply'; since: number; reply: number };
  /** The newest figure that it would have moved. */
  moved?: number | undefined;
}

/** Several messages in a row are one wait, from the earliest; a reply or a solve ends it. */
function placeMessage(clock: TicketClock, at: string): Placed {
  const ms = Date.parse(at);
  const waits = readWaits(clock);
  const next = { ...clock, heard: withTime(clock.heard, 'c', ms) };
  if (ms > waits.lastEnd) {
    if (clock.unanswered_since === null || isBefore(at, clock.unanswered_since)) next.unanswered_since = waitSince(ms);
    return { next };
  }
  if (!waits.isRemembered(ms)) return { next, moved: waits.lastEnd };

  const reply = waits.replied.find((time) => time >= ms);
  const solve = waits.solved.find((time) => time >= ms) ?? Infinity;
  if (reply === undefined || solve < reply || isAt(clock.first_reply_at, reply)) return { next };
  const since = waits.waitOf(reply);
  if (since === Infinity) return { next, adds: { is: 'next_reply', since: ms, reply } };
  return ms < since ? { next, moved: reply } : { next };
}

function placeReply(clock: TicketClock, at: string): Placed {
  const ms = Date.parse(at);
  const waits = readWaits(clock);
  const isNewest = ms > waits.lastEnd;
  const next: TicketClock = {
    ...clock,
    heard: withTime(clock.heard, 'r', ms),
    first_reply_at: earliest(clock.first_reply_at ?? at, at),
    last_reply_at: latest(clock.last_reply_at ?? at, at),
    agent_replies: clock.agent_replies + 1,
  };
  if (isNewest && clock.unanswered_since !== null) next.unanswered_since = waitSince(waits.askedAfter(ms));
  // Between customers' messages that are forgotten: the wait for the next reply begins with one of them.
  if (isNewest && ms < waits.forgottenUntil) next.missed = true;

  // Of a solve that was undone since nobody corrects the replies.
  const undone = waits.solved.findLast((solve) => solve >= ms && !isAt(clock.solved_at, solve));
  if (clock.first_reply_at === null) return { next, adds: { is: 'first_reply', reply: ms }, moved: undone };
  if (!isNewest && !waits.isRemembered(ms)) return { next, moved: waits.lastEnd };
  if (isBefore(at, clock.first_reply_at))
    return { next, moved: Math.max(Date.parse(clock.first_reply_at), undone ?? 0) };

  const since = waits.replied.includes(ms) ? Infinity : waits.waitOf(ms);
  if (since === Infinity) return { next, moved: undone };
  const following = waits.replied.find((time) => time > ms) ?? Infinity;
  const solve = waits.solved.find((time) => time >= ms) ?? Infinity;
  // The reply behind it was measured from there, unless a solve lies between.
  if (following < Infinity && solve >= following) return { next, moved: Math.max(following, undone ?? 0) };
  return { next, adds: { is: 'next_reply', since, reply: ms }, moved: undone };
}

function isAt(time: string | null, ms: number): boolean {
  return time !== null && Date.parse(time) === ms;
}
