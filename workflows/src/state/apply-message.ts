import type { WaitingEvent } from '@deskwire/contracts/ticket';
import type { BusinessCalendar } from './business-time.ts';
import { exactTime } from './event-time.ts';
import { hear, type Heard } from './hear.ts';
import { lateFields, lateOver, type Late } from './lateness.ts';
import type { MessageData, RatingData } from './ticket-event.ts';
import { unmoved, type Step, type TicketState } from './ticket-state.ts';

/** A message: only public ones of agents and customers measure anything. Before its ticket is known it waits. */
export function applyMessage(state: TicketState, data: MessageData, calendar: BusinessCalendar): Step {
  const at = exactTime(data.created_at);
  const change = unmoved(state, 'message', at);
  if (!data.public || data.author === 'system') return { state, change, late: false };
  if (!state.known) return wait(state, { kind: 'message', author: data.author, public: true, at }, change);
  const heard = hear(state.created_at, state.clock, data.author, at, calendar);
  const { clock, measures } = heard;
  const measuredAt = (measures.first_reply ?? measures.next_reply)?.at;
  const late = lateOver(heard.late, underOtherFace(state, at, measuredAt));
  return { state: { ...state, clock }, change: { ...change, ...lateFields(late), measures }, late: late !== null };
}

/** A rating counts each time one comes, whenever it comes. */
export function applyRating(state: TicketState, data: RatingData): Step {
  const at = exactTime(data.rated_at);
  const change = unmoved(state, 'rating', at);
  if (!state.known) return wait(state, { kind: 'rating', score: data.score, at }, change);
  const late = underOtherFace(state, at, at);
  return {
    state,
    change: { ...change, ...lateFields(late), measures: { ratings: [{ at, score: data.score }] } },
    late: late !== null,
  };
}

/** A measure counts under the dimensions of now, which it did not have at its instant. */
function underOtherFace({ clock }: TicketState, from: string, measuredAt: string | undefined): Late | null {
  if (measuredAt === undefined || Date.parse(measuredAt) >= clock.faced_ms) return null;
  return { from, until: measuredAt };
}

const waitingMax = 8;

/** Beyond the bound it measures nothing and says so, as will what is measured without it. */
function wait(state: TicketState, event: WaitingEvent, change: Step['change']): Step {
  if (state.waiting.length < waitingMax)
    return { state: { ...state, waiting: [...state.waiting, event] }, change, late: false };
  const late = lateFields({ from: event.at, until: event.at });
  return { state: { ...state, clock: { ...state.clock, missed: true } }, change: { ...change, ...late }, late: true };
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
  const { clock, measures, late } = hear(createdAt, so.clock, event.author, event.at, calendar);
  const isUntold = so.measures.next_reply !== undefined && measures.next_reply !== undefined;
  const untold = isUntold ? { from: event.at, until: event.at } : null;
  return { clock, measures: { ...measures, ...so.measures }, late: lateOver(so.late, late, untold) };
}
