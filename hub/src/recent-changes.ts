import type { ChangesEnd } from '@deskwire/clickhouse/kpi/read-kpis';
import type { TicketRowContent } from '@deskwire/clickhouse/ticket-changes-row';

/** How many tickets were created, solved and reopened. */
export interface ChangeCounts {
  created: number;
  solved: number;
  reopened: number;
}

/** What the desk has done behind a position of TICKETS. */
export interface Ahead {
  total: ChangeCounts;
  /** By team after the change; '' where none is set. */
  teams: Map<string, ChangeCounts>;
  /** Every event that arrived before is counted, ISO; 1970 before the first message. */
  watermark: string;
  /** The last position that was heard. */
  heardSeq: number;
  /** The last stored position that may be a change of a ticket: those behind it say only that the desk goes on. */
  changedSeq: number;
}

interface Recent {
  seq: number;
  team: string;
  /** Unix ms; undefined for what the change did not do. */
  createdAt: number | undefined;
  solvedAt: number | undefined;
  reopenedAt: number | undefined;
}

/**
 * Changes of TICKETS that ClickHouse's last answer does not count yet, from one position on without a hole: what counts in
 * created, solved and reopened, as sources/changes.sql and the queries of the three say. Holds `recentMax` at most.
 */
export function createRecentChanges({ epoch, startSeq, recentMax }: RecentChangesOptions) {
  let recent: Recent[] = [];
  /** Everything from there on was heard. */
  let fromSeq = startSeq;
  let heardSeq = startSeq - 1;
  let changedSeq = startSeq - 1;
  let floorMs = 0;

  return {
    hasRoom: (): boolean => recent.length < recentMax,
    /** The position to hear next. */
    nextSeq: (): number => heardSeq + 1,
    /** The next message of the stream. Whether a figure moves by it. */
    add(seq: number, content: TicketRowContent): boolean {
      // Messages that are gone may have been changes: only an answer that goes beyond them will do.
      if (seq !== heardSeq + 1) [fromSeq, changedSeq] = [seq, seq - 1];
      heardSeq = seq;
      if (content.kind === 'unreadable') return false;
      if (content.kind === 'change') changedSeq = seq;
      const floor = content.kind === 'floor' ? content.floor : content.ticket.floor;
      floorMs = Math.max(floorMs, Date.parse(floor.at));
      const counted = content.kind === 'change' ? countedOf(seq, content.ticket) : undefined;
      if (counted !== undefined) recent.push(counted);
      return counted !== undefined;
    },
    /** ClickHouse's answers count everything up to there from now on. */
    settle(seq: number): void {
      // An answer that goes less far has lost rows: what it would need is forgotten here.
      fromSeq = Math.max(fromSeq, seq + 1);
      recent = recent.filter((change) => change.seq > seq);
    },
    /**
     * What happened between `from` and `to`, Unix ms, by changes behind `end`; undefined when not all of them were heard.
     */
    since(end: ChangesEnd, { from, to }: { from: number; to: number }): Ahead | undefined {
      if (end.epoch !== epoch || end.seq < fromSeq - 1) return undefined;
      const ahead: Ahead = {
        ...{ total: none(), teams: new Map(), watermark: new Date(floorMs).toISOString(), heardSeq },
        // Where the ledger ends is near enough while a change is not stored yet, and all there is to say of what was not heard.
        changedSeq: end.seq > heardSeq ? end.seq : Math.min(changedSeq, end.seq),
      };
      const isIn = (at: number | undefined) => at !== undefined && at >= from && at < to;
      for (const { seq, team, createdAt, solvedAt, reopenedAt } of recent) {
        if (seq <= end.seq) continue;
        const ofTeam = ahead.teams.get(team) ?? none();
        ahead.teams.set(team, ofTeam);
        for (const counts of [ahead.total, ofTeam]) {
          if (isIn(createdAt)) counts.created += 1;
          if (isIn(solvedAt)) counts.solved += 1;
          if (isIn(reopenedAt)) counts.reopened += 1;
        }
      }
      return ahead;
    },
  };
}

export interface RecentChangesOptions {
  epoch: number;
  /** The first position that will be heard. */
  startSeq: number;
  recentMax: number;
}
export type RecentChanges = ReturnType<typeof createRecentChanges>;

const none = (): ChangeCounts => ({ created: 0, solved: 0, reopened: 0 });

/** Undefined for a change that is none of the three. Runs once per message. */
function countedOf(seq: number, ticket: (TicketRowContent & { kind: 'change' })['ticket']): Recent | undefined {
  const { created, solved, reopened, at, after } = ticket.change;
  if (!created && !solved && !reopened) return undefined;
  return {
    seq,
    team: after?.team ?? '',
    createdAt: created ? Date.parse(ticket.created_at) : undefined,
    solvedAt: solved ? Date.parse(at) : undefined,
    reopenedAt: reopened ? Date.parse(at) : undefined,
  };
}
