import type { TicketClock } from '@deskwire/contracts/ticket';
import { timeText } from './event-time.ts';

/*
 * Who waits for whom, by the times of messages and solves, in whatever order these came. Of one instant a customer's message is
 * before the reply, and the reply before the solve. All times are Unix ms. Runs for every message: plain loops.
 */

const timesMax = 8;
const digits = 8;
const width = digits + 1;

/** `heard` with one time more: texts of one width, in order as their letters are; beyond the bound the oldest is forgotten. */
export function withTime(heard: string, letter: 'c' | 'r' | 's', ms: number): string {
  const time = ms.toString(36).padStart(digits, '0');
  const start = heard.startsWith('f') ? width : 0;
  let place = heard.length;
  while (place > start && isBehind(heard, place - width, time, letter)) place -= width;
  const all = heard.slice(start, place) + letter + time + heard.slice(place);
  if (all.length <= timesMax * width) return heard.slice(0, start) + all;
  const [known, oldest] = [heard.slice(1, start), all.slice(1, width)];
  return `f${known > oldest ? known : oldest}${all.slice(width)}`;
}

function isBehind(heard: string, place: number, time: string, letter: string): boolean {
  const other = heard.slice(place + 1, place + width);
  return other === time ? (heard[place] ?? '') > letter : other > time;
}

/** What is remembered of a ticket's conversation. */
export function readWaits({ heard, agent_replies, last_reply_at, solved_at, unanswered_since }: TicketClock) {
  const asked: number[] = [];
  const replied: number[] = [];
  const solved: number[] = [];
  let forgottenUntil = 0;
  for (let i = 0; i < heard.length; i += width) {
    const time = parseInt(heard.slice(i + 1, i + width), 36);
    const letter = heard[i];
    if (letter === 'c') asked.push(time);
    else if (letter === 'r') replied.push(time);
    else if (letter === 's') solved.push(time);
    else forgottenUntil = time;
  }
  const unanswered = unanswered_since === null ? Infinity : Date.parse(unanswered_since);
  const lastReply = last_reply_at === null ? 0 : Date.parse(last_reply_at);
  const lastSolve = Math.max(solved_at === null ? 0 : Date.parse(solved_at), solved.at(-1) ?? 0);
  const lastEnd = Math.max(lastReply, lastSolve);
  // Of a ticket from before times were remembered, what came before the first of them is not known.
  if (forgottenUntil === 0 && replied.length < agent_replies) forgottenUntil = lastEnd;

  /** The last reply or solve before an instant, as far as it is known; 0 without one. */
  function endBefore(at: number): number {
    let end = 0;
    for (const times of [replied, solved]) for (const time of times) if (time < at && time > end) end = time;
    if (lastReply < at && lastReply > end) end = lastReply;
    return lastSolve < at && lastSolve > end ? lastSolve : end;
  }
  /** The oldest message of a customer after an instant; Infinity without one. */
  function askedAfter(end: number): number {
    const next = asked.find((time) => time > end) ?? Infinity;
    return unanswered > end && unanswered < next ? unanswered : next;
  }

  return {
    ...{ replied, solved, forgottenUntil, askedAfter },
    /** The newest reply or solve: no customer's message up to there waits any longer. */
    lastEnd,
    /** From the first message behind the reply or solve before it, a reply at this instant is waited for; Infinity: it is not. */
    waitOf: (reply: number) => {
      const since = askedAfter(endBefore(reply));
      return since <= reply ? since : Infinity;
    },
    /** Whether all is still known since the last reply or solve before this instant. */
    isRemembered: (at: number) => forgottenUntil === 0 || (replied[0] ?? at) < at || (solved[0] ?? at) < at,
  };
}

/** `unanswered_since` of a wait from there on. */
export function waitSince(ms: number): string | null {
  return ms === Infinity ? null : timeText(ms);
}
