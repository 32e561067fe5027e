import type { Ticket } from '@deskwire/contracts/ticket';

/** A ticket as TICKETS has it: `seq` is the position of its newest message, 0 and no ticket before the first. */
export interface KnownTicket {
  ticket: Ticket | undefined;
  seq: number;
}

export interface TicketCache {
  get: (subject: string) => KnownTicket | undefined;
  set: (subject: string, known: KnownTicket) => void;
  forget: (subject: string) => void;
  size: () => number;
}

/** The least recently used go first beyond `ticketsMax`; a ticket that is being worked on stays. */
export function createTicketCache(ticketsMax: number, isBusy: (subject: string) => boolean): TicketCache {
  const known = new Map<string, KnownTicket>();

  function trim(): void {
    // A Map iterates in the order of insertion, and every use inserts anew.
    for (const subject of known.keys()) {
      if (known.size <= ticketsMax) return;
      if (!isBusy(subject)) known.delete(subject);
    }
  }
  return {
    get: (subject) => known.get(subject),
    set: (subject, state) => {
      known.delete(subject);
      known.set(subject, state);
      if (known.size > ticketsMax) trim();
    },
    forget: (subject) => void known.delete(subject),
    size: () => known.size,
  };
}
