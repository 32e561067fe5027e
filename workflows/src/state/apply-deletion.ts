import type { BusinessCalendar } from './business-time.ts';
import { changeState } from './change-state.ts';
import { exactTime, isBefore, latest } from './event-time.ts';
import { faceOf, unmoved, type Step, type TicketState } from './ticket-state.ts';

/** A deletion at the envelope's time. One before the newest snapshot is late: that snapshot has brought the ticket back. */
export function applyDeletion(state: TicketState, time: string, calendar: BusinessCalendar): Step {
  const deletedAt = exactTime(time);
  const at = latest(deletedAt, state.created_at, state.clock.changed_at);
  if (state.known && isBefore(deletedAt, state.updated_at))
    return { state, change: { ...unmoved(state, 'deletion', at), late_at: deletedAt }, late: true };
  const next = { ...state, deleted_at: latest(state.deleted_at ?? deletedAt, deletedAt) };
  if (!state.known)
    return {
      state: { ...next, clock: { ...state.clock, changed_at: at } },
      change: unmoved(next, 'deletion', at),
      late: false,
    };
  const { clock, moved } = changeState(state, next, at, calendar);
  return {
    state: { ...next, clock },
    change: {
      ...moved,
      kind: 'deletion',
      at,
      before: faceOf(state),
      after: faceOf(next),
      created: false,
      late_at: null,
    },
    late: false,
  };
}
