/** A ticket with old revisions. `safeSeq`: one of them that is committed, 0 where none is known. */
export interface Compactable {
  subject: string;
  safeSeq: number;
  revisions: number;
}

export interface Revisions {
  /** A ticket's message was stored. */
  wrote: (subject: string, seq: number) => void;
  /** The stream has this many of a ticket. */
  listed: (subject: string, revisions: number) => void;
  /** Those with more than `keep` revisions, most first, at most `limit`. */
  candidates: (keep: number, limit: number, committedSeq: number) => Compactable[];
  /** So many of a ticket are gone; `isAll`: only its newest is left. */
  purged: (subject: string, revisions: number, isAll: boolean) => void;
}

interface Counted {
  revisions: number;
  /** A position that is not committed yet, or 0. Kept until it is: of a ticket that never rests the newest one never is. */
  waiting: number;
  safe: number;
}

/** Counts the revisions of up to `subjectsMax` tickets; those beyond are found again when the stream is listed. */
export function createRevisions(subjectsMax: number): Revisions {
  const counted = new Map<string, Counted>();
  let committed = 0;

  function settle(ticket: Counted): void {
    if (ticket.waiting === 0 || ticket.waiting > committed) return;
    ticket.safe = ticket.waiting;
    ticket.waiting = 0;
  }
  return {
    wrote: (subject, seq) => {
      const ticket = counted.get(subject);
      if (ticket === undefined) {
        if (counted.size < subjectsMax) counted.set(subject, { revisions: 1, waiting: seq, safe: 0 });
        return;
      }
      settle(ticket);
      ticket.revisions += 1;
      if (ticket.waiting === 0) ticket.waiting = seq;
    },
    listed: (subject, revisions) => {
      const ticket = counted.get(subject);
      if (ticket !== undefined) ticket.revisions = Math.max(ticket.revisions, revisions);
      else if (counted.size < subjectsMax) counted.set(subject, { revisions, waiting: 0, safe: 0 });
    },
    candidates: (keep, limit, committedSeq) => {
      committed = committedSeq;
      const many: Compactable[] = [];
      for (const [subject, ticket] of counted) {
        if (ticket.revisions <= keep) continue;
        settle(ticket);
        many.push({ subject, safeSeq: ticket.safe, revisions: ticket.revisions });
      }
      return many.sort((a, b) => b.revisions - a.revisions).slice(0, limit);
    },
    purged: (subject, revisions, isAll) => {
      const ticket = counted.get(subject);
      if (ticket === undefined) return;
      if (isAll) counted.delete(subject);
      ticket.revisions = Math.max(1, ticket.revisions - revisions);
      ticket.safe = 0;
    },
  };
}
