import { deskId } from '@deskwire/contracts/desk-id';
import type { WaitingEvent } from '@deskwire/contracts/ticket';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { hearWaiting } from './apply-message.ts';
import type { BusinessCalendar } from './business-time.ts';
import { changeState } from './change-state.ts';
import { exactTime, isBefore, latest } from './event-time.ts';
import type { Heard } from './hear.ts';
import { earliest, facesLike, lateFields, lateFrom, lateOver, standsLike, type Late } from './lateness.ts';
import { isLower, mergeFacts, namedFacts } from './merge-facts.ts';
import type { SnapshotData } from './ticket-event.ts';
import { faceOf, unmoved, type Step, type TicketState } from './ticket-state.ts';
import { isOpen } from './transitions.ts';

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
  if (!isLower(order, state)) return newestSnapshot(state, said, calendar);
  return lateSnapshot(state, said, data.channel);
}

/** It says nothing of how the ticket is, only of how it was: figures that it would have moved are marked with its time. */
function lateSnapshot(state: TicketState, said: TicketState, named_channel: string | undefined): Step {
  const { channel, customer_id, tags, sealed, facts_from, updated_at: then } = said;
  const { clock } = state;
  const thenMs = Date.parse(then);
  // How the ticket was before it became what it is, nobody remembers: it is taken for something else.
  const stood = thenMs < clock.stood_ms || !standsLike(said, state);
  const isFirst = thenMs < clock.oldest_ms;
  const channelThen = named_channel ?? (isFirst ? null : state.channel);
  const faced = thenMs < clock.faced_ms || !facesLike({ ...said, channel: channelThen }, state);
  const late = lateOver(
    stood ? lateFrom(state, then, 'state') : null,
    // The creation counted under the dimensions that were known first.
    faced ? lateFrom(state, isFirst ? earliest(state.created_at, then) : then, 'dimensions') : null,
  );
  const next: TicketState = {
    ...{ ...state, channel, customer_id, tags, sealed, facts_from },
    clock: { ...clock, ...(stood ? { missed: true } : {}), oldest_ms: Math.min(clock.oldest_ms, thenMs) },
  };
  const knownMs = Date.parse(state.updated_at);
  if (stood) next.clock.stood_ms = Math.max(clock.stood_ms, knownMs);
  if (faced) next.clock.faced_ms = Math.max(clock.faced_ms, knownMs);
  const at = latest(then, state.created_at, clock.changed_at);
  return { state: next, change: { ...unmoved(next, 'snapshot', at), ...lateFields(late) }, late: true };
}

/** `said` is fresh and becomes the next state itself. */
function newestSnapshot(state: TicketState, said: TicketState, calendar: BusinessCalendar): Step {
  const next = bringBack(said);
  const at = latest(next.updated_at, next.created_at, state.clock.changed_at);
  const { clock, moved, late } = changeState(state, next, at, calendar);
  next.clock = clock;
  const isFaced = facesLike(state, next);
  const { updated_at } = next;
  if (!isFaced) clock.faced_ms = Date.parse(updated_at);
  // What was measured of a later instant counted under the dimensions before.
  const faced = !isFaced && isBefore(updated_at, state.newest_at) ? { from: updated_at, until: state.newest_at } : null;
  if (next.created_at !== state.created_at || (next.deleted_at !== null && movesBeforeDeletion(state, next)))
    clock.missed = true;
  return {
    state: next,
    change: {
      ...moved,
      kind: 'snapshot',
      at,
      before: faceOf(state),
      after: faceOf(next),
      created: false,
      ...lateFields(lateOver(late, faced, untold(state, next), recreated(state, next, at))),
    },
    late: false,
  };
}

/** What no figure tells: what changed before a deletion that was known first. */
function untold(state: TicketState, next: TicketState): Late | null {
  if (next.deleted_at === null || (!movesBeforeDeletion(state, next) && facesLike(state, next))) return null;
  return lateFrom(state, next.updated_at, 'state');
}

/**
 * The creation was counted at another time than this snapshot says: it is missing at the one, and counted at the other. Which of the
 * agents' messages were replies is not known any more.
 */
function recreated(state: TicketState, next: TicketState, at: string): Late | null {
  if (next.created_at === state.created_at) return null;
  const [counted, said] = [state.created_at, next.created_at].map((created) => lateFrom(state, created, 'dimensions'));
  return lateOver(counted ?? null, said ?? null, { from: at, until: at });
}

/** Whether the ticket stood otherwise until the deletion, or was back between that and one before it. */
function movesBeforeDeletion(state: TicketState, next: TicketState): boolean {
  return !standsLike(alive(state), alive(next)) || state.clock.stood_ms < Date.parse(next.updated_at);
}

/** The ticket was open and new since its creation. Whatever waited for it is measured now, in the order in which it happened. */
function firstSnapshot(state: TicketState, said: TicketState, calendar: BusinessCalendar): Step {
  const next: TicketState = { ...bringBack(said), waiting: [] };
  const at = latest(next.updated_at, next.created_at, state.clock.changed_at);
  const waiting = state.waiting.toSorted((a, b) => (isBefore(a.at, b.at) ? -1 : isBefore(b.at, a.at) ? 1 : 0));
  const hear = (so: Heard, event: WaitingEvent) => hearWaiting(next.created_at, so, event, calendar);
  const isAfter = (event: WaitingEvent) => isBefore(at, event.at);

  const start: Heard = { clock: { ...state.clock, changed_at: next.created_at }, measures: {}, late: null };
  const until = waiting.filter((event) => !isAfter(event)).reduce(hear, start);
  const born: TicketState = { ...next, clock: until.clock, status: 'new', deleted_at: null, merged_into: null };
  const { clock, moved, late } = changeState(born, next, at, calendar);
  const wasDeleted = state.deleted_at !== null;
  const isOther = !standsLike(alive(born), alive(next));
  clock.oldest_ms = Date.parse(next.updated_at);
  if (wasDeleted) clock.stood_ms = Date.parse(at);
  // It became so before the deletion that was known first, at which alone it is counted.
  if (next.deleted_at !== null && isOther) clock.missed = true;
  const sofar = { clock, measures: { ...until.measures, ...moved.measures }, late: lateOver(until.late, late) };
  const heard = waiting.filter(isAfter).reduce(hear, sofar);
  const wasClosed = next.deleted_at !== null && !isOpen(alive(next));
  const untoldEnd = wasClosed ? { from: next.updated_at, until: at } : null;
  const untoldBefore = state.clock.missed === true ? lateFrom(state, next.created_at, 'dimensions') : null;
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
      // A solve or merging that lies before the deletion that was known first no figure tells.
      ...lateFields(lateOver(heard.late, untoldEnd, untoldBefore)),
    },
    late: false,
  };
}

/** A snapshot after the deletion brings the ticket back. */
function bringBack(said: TicketState): TicketState {
  const back = said.deleted_at !== null && isBefore(said.deleted_at, said.updated_at);
  return back ? { ...said, deleted_at: null } : said;
}

function alive(state: TicketState): TicketState {
  return { ...state, deleted_at: null };
}
