import type { TicketClock } from '@deskwire/contracts/ticket';
import type { BusinessCalendar } from './business-time.ts';
import { changeState } from './change-state.ts';
import { exactTime, isBefore, latest } from './event-time.ts';
import { earliest, lateFields, lateFrom } from './lateness.ts';
import { faceOf, unmoved, type Step, type TicketState } from './ticket-state.ts';

/**
 * A deletion at the envelope's time. One before the newest snapshot is late: that snapshot has brought the ticket back. So is one
 * before the deletion that is known: the ticket was gone since then.
 */
export function applyDeletion(state: TicketState, time: string, calendar: BusinessCalendar): Step {
  const deletedAt = exactTime(time);
  const at = latest(deletedAt, state.created_at, state.clock.changed_at);
  if (state.known && isBefore(deletedAt, latest(state.updated_at, state.deleted_at ?? deletedAt))) {
    const late = lateFields(lateFrom(state, deletedAt, 'state'));
    const next: TicketState = { ...state, clock: { ...state.clock, missed: true } };
    return { state: next, change: { ...unmoved(state, 'deletion', at), ...late }, late: true };
  }
  const next = { ...state, deleted_at: latest(state.deleted_at ?? deletedAt, deletedAt) };
  if (!state.known) {
    // Which of two deletions ends what a snapshot will tell is not known: only the newer one is kept.
    const late = state.deleted_at === null ? null : { from: earliest(state.deleted_at, deletedAt), until: at };
    const clock: TicketClock = { ...state.clock, changed_at: at, ...(late === null ? {} : { missed: true }) };
    return {
      state: { ...next, clock },
      change: { ...unmoved(next, 'deletion', at), ...lateFields(late) },
      late: false,
    };
  }
  const { clock, moved, late } = changeState(state, next, at, calendar);
  return {
    state: { ...next, clock },
    change: {
      ...moved,
      kind: 'deletion',
      at,
      before: faceOf(state),
      after: faceOf(next),
      created: false,
      ...lateFields(late),
    },
    late: false,
  };
}
