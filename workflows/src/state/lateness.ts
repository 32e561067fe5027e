import type { TicketChange } from '@deskwire/contracts/ticket-change';
import { isBefore, latest, timeText } from './event-time.ts';
import type { TicketState } from './ticket-state.ts';
import { isGone } from './transitions.ts';
import { readWaits } from './waits.ts';

/** Between which instants figures count that are not what they would be, had every event come in its place. */
export interface Late {
  from: string;
  until: string;
}

/** Everything from the first to the last of these. */
export function lateOver(...parts: (Late | null)[]): Late | null {
  return parts.reduce((sum, part) => {
    if (sum === null || part === null) return sum ?? part;
    return { from: earliest(sum.from, part.from), until: latest(sum.until, part.until) };
  }, null);
}

export function lateFields(late: Late | null): Pick<TicketChange, 'late_at' | 'late_until'> {
  if (late === null || late.from === late.until) return { late_at: late?.from ?? null };
  return { late_at: late.from, late_until: late.until };
}

export function earliest(a: string, b: string): string {
  return isBefore(b, a) ? b : a;
}

/** From an instant on, up to the newest figure of the ticket; for a change of its state also the solve before it, which it may undo. */
export function lateFrom(state: TicketState, at: string, of: 'state' | 'dimensions'): Late {
  const from = of === 'state' ? solveBefore(state, at) : at;
  return { from, until: latest(at, state.clock.changed_at, state.newest_at) };
}

function solveBefore({ clock, created_at }: TicketState, at: string): string {
  if (clock.solved_at !== null && !isBefore(at, clock.solved_at)) return clock.solved_at;
  const { solved, forgottenUntil } = readWaits(clock);
  const solve = solved.findLast((ms) => ms <= Date.parse(at));
  if (solve !== undefined) return timeText(solve);
  return clock.solves > solved.length && forgottenUntil > 0 ? earliest(created_at, at) : at;
}

type Standing = Pick<TicketState, 'status' | 'deleted_at' | 'merged_into'>;
const standings = {
  new: 'new',
  open: 'new',
  pending: 'pending',
  hold: 'hold',
  solved: 'done',
  closed: 'done',
} as const;

/** What spends time, and whether it counts in the backlog. No figure tells new from open, nor solved from closed. */
export function standsLike(a: Standing, b: Standing): boolean {
  return standings[a.status] === standings[b.status] && isGone(a) === isGone(b);
}

type Face = Pick<TicketState, 'priority' | 'team' | 'assignee' | 'channel'>;

/** The dimensions of figures. */
export function facesLike(a: Face, b: Face): boolean {
  return a.priority === b.priority && a.team === b.team && a.assignee === b.assignee && a.channel === b.channel;
}
