import type { Ticket } from '@deskwire/contracts/ticket';
import { CannotApply } from './cannot-apply.ts';
import type { Thread } from './conversation.ts';
import type { DuplicateVerdict, LedgerVerdicts } from './ledger-verdicts.ts';
import { applyEvent } from './state/apply-event.ts';
import type { BusinessCalendar } from './state/business-time.ts';
import type { StateCache } from './state-cache.ts';
import type { TicketStore } from './ticket-store.ts';
import type { TicketTask } from './ticket-work.ts';

export interface TicketWriterDoors {
  store: TicketStore;
  cache: StateCache<Ticket>;
  /** Resolves when the message is in its conversation; may be done again. */
  converse: (thread: Thread) => Promise<void>;
  verdictOf: LedgerVerdicts;
  /** In force now. */
  calendar: () => BusinessCalendar;
  floor: () => Ticket['floor'];
  onWritten: (floor: Ticket['floor']) => void;
  onConflict: () => void;
}

export type TicketOutcome = 'applied' | 'late' | 'redelivered' | 'repeated' | DuplicateVerdict;

/**
 * Applies one event to its ticket: judge, converse, append with compare-and-set. Where its id was met before, the ledger decides
 * whether it counts. Where another writer was faster the ticket is read and judged again. Rejects with CannotApply when event or ticket is at fault; after any other rejection the ticket
 * is read again before it is judged, since the append may have arrived.
 */
export async function writeTicket(
  { store, cache, converse, verdictOf, calendar, floor, onWritten, onConflict }: TicketWriterDoors,
  { subject, event, thread }: TicketTask,
  metBefore: boolean,
): Promise<TicketOutcome> {
  for (;;) {
    const known = cache.get(subject) ?? (await store.load(subject));
    const judged = judge(known.state, event, calendar());
    if (judged.outcome === 'redelivered' || judged.outcome === 'repeated') {
      cache.set(subject, known);
      return judged.outcome;
    }
    const duplicate = judged.doubtful || metBefore ? await verdictOf(event.position) : undefined;
    if (duplicate !== undefined) {
      cache.set(subject, known);
      return duplicate;
    }
    cache.forget(subject);
    if (thread !== undefined) await converse(thread);
    const state = Object.assign(judged.ticket, { floor: floor() });
    const appended = await store.append(subject, state, known.seq);
    if (appended === 'conflict') {
      onConflict();
      continue;
    }
    cache.set(subject, { state, seq: appended.seq });
    onWritten(state.floor);
    return judged.outcome;
  }
}

function judge(before: Ticket | undefined, event: TicketTask['event'], calendar: BusinessCalendar) {
  try {
    return applyEvent(before, event, calendar);
  } catch (cause) {
    throw new CannotApply('the state machine refused the event', { cause });
  }
}
