import type { MessageData, SnapshotData, TicketEvent, TicketEventBody } from '../ticket-event.ts';
import { applyEvent, type Applied } from '../apply-event.ts';
import { createBusinessCalendar, defaultBusinessHours } from '../business-time.ts';

export type Version = Extract<Applied, { ticket: unknown }>['ticket'];

/** Monday. */
const day = '2026-11-23';
/** A time of that day: `at('09:30')`. */
export const at = (clock: string) => `${day}T${clock}:00.000Z`;

/** A desk of one ticket in UTC, created at 09:00: each call gives it one event at the next position. */
export function createDesk(over: { id?: string; source?: string } = {}) {
  const { id: ticket_id = '7', source = 'zendesk/acme' } = over;
  const calendar = createBusinessCalendar(defaultBusinessHours('UTC'));
  let ticket: Version | undefined;
  let seq = 0;

  function take(body: TicketEventBody, more: Partial<TicketEvent> = {}): Applied {
    seq++;
    const event = { position: { epoch: 1, seq, idx: 0 }, id: `e${seq}`, source, time: at('09:00'), body, ...more };
    const applied = applyEvent(ticket, event, calendar);
    if (applied.outcome === 'applied' || applied.outcome === 'late') ticket = applied.ticket;
    return applied;
  }

  return {
    take,
    snapshot: (clock: string, said: Partial<SnapshotData> = {}, more?: Partial<TicketEvent> & { sealed?: string }) => {
      const data = { ticket_id, created_at: at('09:00'), updated_at: at(clock), status: 'open' as const, ...said };
      return take({ type: 'ticket.snapshot', data, sealed: more?.sealed ?? null }, more);
    },
    message: (clock: string, author: MessageData['author'], said: Partial<MessageData> = {}) => {
      const data = { ticket_id, message_id: `m${seq}`, author, public: true, created_at: at(clock), ...said };
      return take({ type: 'ticket.message', data });
    },
    rating: (clock: string, score: number, more?: Partial<TicketEvent>) =>
      take({ type: 'ticket.rating', data: { ticket_id, score, rated_at: at(clock) } }, more),
    deletion: (clock: string) => take({ type: 'ticket.deleted', data: { ticket_id } }, { time: at(clock) }),
    /** It is as a version from before times of messages were remembered left it. */
    forgetTimes: () => {
      if (ticket !== undefined) ticket = { ...ticket, clock: { ...ticket.clock, heard: '' } };
    },
    /** The newest version. */
    ticket: () => {
      if (ticket === undefined) throw new Error('no event was applied');
      return ticket;
    },
    change: () => {
      if (ticket === undefined) throw new Error('no event was applied');
      return ticket.change;
    },
  };
}
