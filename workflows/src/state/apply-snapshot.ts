import { deskId } from '@deskwire/contracts/desk-id';
import type { SnapshotOrder, WaitingEvent } from '@deskwire/contracts/ticket';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { hearWaiting, type Heard } from './apply-message.ts';
import type { BusinessCalendar } from './business-time.ts';
import { changeState } from './change-state.ts';
import { exactTime, isBefore, latest } from './event-time.ts';
import { isLower, mergeFacts, namedFacts } from './merge-facts.ts';
import type { SnapshotData } from './ticket-event.ts';
import { faceOf, unmoved, type Step, type TicketState } from './ticket-state.ts';
import { isSettled } from './transitions.ts';

/** A snapshot: the newest one is what the ticket is, an older one fills what no newer one has named. */
export function applySnapshot(
  state: TicketState,
  source: string,
  data: SnapshotData,
  sealed: string | null,
  calendar: BusinessCalendar,
): Step {
  const order = { updated_at: exactTime(data.updated_at), source_version: data.source_version ?? null };
  const said: TicketState = {
    ...state,
    ...mergeFacts(state, namedFacts(source, data, sealed), order),
    ...order,
    known: true,
    created_at: exactTime(data.created_at),
    status: data.status,
    priority: data.priority ?? null,
    team: data.team === undefined ? null : teamSlug(data.team),
    team_name: data.team ?? null,
    assignee: data.assignee ?? null,
    merged_into: data.merged_into === undefined ? null : deskId(source, data.merged_into),
  };
  if (!state.known) return firstSnapshot(state, { ...said, source }, calendar);
  return isLower(order, state) ? lateSnapshot(state, said, order) : newestSnapshot(state, said, calendar);
}

/** It says nothing of how the ticket is, only of how it was: figures that it would have moved are marked with its time. */
function lateSnapshot(state: TicketState, said: TicketState, order: SnapshotOrder): Step {
  const { channel, customer_id, tags, sealed, facts_from } = said;
  const solvedEarlier = state.clock.solved_at !== null && isBefore(order.updated_at, state.clock.solved_at);
  const differs = !looksLike(said, state) || (isSettled(said.status) && solvedEarlier);
  const next = { ...state, channel, customer_id, tags, sealed, facts_from };
  const at = latest(order.updated_at, state.created_at, state.clock.changed_at);
  return {
    state: next,
    change: { ...unmoved(next, 'snapshot', at), late_at: differs ? order.updated_at : null },
    late: true,
  };
}

/** `said` is fresh and becomes the next state itself. */
function newestSnapshot(state: TicketState, said: TicketState, calendar: BusinessCalendar): Step {
  const next = bringBack(said);
  const at = latest(next.updated_at, next.created_at, state.clock.changed_at);
  const { clock, moved } = changeState(state, next, at, calendar);
  next.clock = clock;
  return {
    state: next,
    change: {
      ...moved,
      kind: 'snapshot',
      at,
      before: faceOf(state),
      after: faceOf(next),
      created: false,
      late_at: untold(state, next),
    },
    late: false,
  };
}

/**
 * What no figure tells, or tells wrongly: what changed before a deletion that was known first, and a creation that was counted at
 * another time than this snapshot says.
 */
function untold(state: TicketState, next: TicketState): string | null {
  if (next.deleted_at !== null && !looksLike(next, state)) return next.updated_at;
  return next.created_at === state.created_at ? null : state.created_at;
}

/** The ticket was open and new since its creation. Whatever waited for it is measured now, in the order in which it happened. */
function firstSnapshot(state: TicketState, said: TicketState, calendar: BusinessCalendar): Step {
  const next: TicketState = { ...bringBack(said), waiting: [] };
  const at = latest(next.updated_at, next.created_at, state.clock.changed_at);
  const waiting = state.waiting.toSorted((a, b) => (isBefore(a.at, b.at) ? -1 : isBefore(b.at, a.at) ? 1 : 0));
  const hear = (so: Heard, event: WaitingEvent) => hearWaiting(next.created_at, so, event, calendar);
  const isAfter = (event: WaitingEvent) => isBefore(at, event.at);

  const start: Heard = { clock: { ...state.clock, changed_at: next.created_at }, measures: {}, late_at: null };
  const until = waiting.filter((event) => !isAfter(event)).reduce(hear, start);
  const born: TicketState = { ...next, clock: until.clock, status: 'new', deleted_at: null, merged_into: null };
  const { clock, moved } = changeState(born, next, at, calendar);
  const sofar = { ...until, clock, measures: { ...until.measures, ...moved.measures } };
  const heard = waiting.filter(isAfter).reduce(hear, sofar);
  return {
    state: { ...next, clock: heard.clock },
    change: {
      ...moved,
      kind: 'snapshot',
      at,
      before: null,
      after: faceOf(next),
      created: true,
      measures: heard.measures,
      // The solve lies before the deletion that was known first, so no figure tells it.
      late_at: next.deleted_at !== null && isSettled(next.status) ? next.updated_at : heard.late_at,
    },
    late: false,
  };
}

/** A snapshot after the deletion brings the ticket back. */
function bringBack(said: TicketState): TicketState {
  const back = said.deleted_at !== null && isBefore(said.deleted_at, said.updated_at);
  return back ? { ...said, deleted_at: null } : said;
}

function looksLike(a: TicketState, b: TicketState): boolean {
  return (
    a.status === b.status &&
    a.priority === b.priority &&
    a.team === b.team &&
    a.assignee === b.assignee &&
    a.merged_into === b.merged_into
  );
}
