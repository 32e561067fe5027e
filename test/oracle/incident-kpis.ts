import type { Update } from './read-incidents.ts';

/** Something that counts at an instant, with the dimensions in force then. */
interface Moment {
  ms: number;
  ticket: string;
  team: string;
  priority: string;
  /** s since the ticket was opened. */
  seconds: number;
}

/** The lives of all tickets as the log tells them; what happened to one ticket stands in its order. */
export interface Lives {
  created: Moment[];
  /** Into solved, or out of it. */
  turns: (Moment & { solved: boolean; first: boolean })[];
  /** Into the backlog of a team and priority (1), or out of it (-1). */
  backlog: (Moment & { step: 1 | -1 })[];
}

export function livesOf(incidents: Map<string, Update[]>): Lives {
  const lives: Lives = { created: [], turns: [], backlog: [] };
  for (const updates of incidents.values()) follow(updates, lives);
  return lives;
}

/** A ticket is taken as open from its opening until its first row says otherwise. */
function follow(updates: Update[], lives: Lives): void {
  const [opening] = updates;
  if (opening === undefined) return;
  let before = { ...opening, solved: false };
  let ms = opening.openedMs;
  let first = true;
  const moment = (of: Update): Moment => ({
    ...{ ms, ticket: of.ticket, team: of.team, priority: of.priority },
    seconds: (ms - opening.openedMs) / 1_000,
  });
  lives.created.push(moment(opening));
  lives.backlog.push({ ...moment(opening), step: 1 });
  for (const update of updates) {
    ms = Math.max(ms, update.updatedMs);
    if (!before.solved) lives.backlog.push({ ...moment(before), step: -1 });
    if (!update.solved) lives.backlog.push({ ...moment(update), step: 1 });
    if (update.solved !== before.solved) {
      lives.turns.push({ ...moment(update), solved: update.solved, first: first && update.solved });
      if (update.solved) first = false;
    }
    before = update;
  }
}

export interface Figures {
  created: number;
  solved: number;
  reopened: number;
  /** At the end of the window. */
  backlog: number;
  first_resolution_time: Quantiles | null;
  full_resolution_time: Quantiles | null;
}

interface Quantiles {
  n: number;
  p50: number;
  p90: number;
}

/** Figures of [fromMs, toMs) by team or priority, or of all tickets together under ''. */
export function figuresOf(
  lives: Lives,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  by: 'team' | 'priority' | 'none' = 'none',
): Map<string, Figures> {
  const inside = (moment: Moment) => moment.ms >= fromMs && moment.ms < toMs;
  const groupOf = (moment: Moment) => (by === 'none' ? '' : moment[by]);
  const created = lives.created.filter(inside);
  const turns = lives.turns.filter(inside);
  const lastTurn = new Map(turns.map((turn) => [turn.ticket, turn]));
  const lasting = [...lastTurn.values()].filter(({ solved }) => solved);
  const backlog = new Map<string, number>();
  for (const each of lives.backlog)
    if (each.ms < toMs) backlog.set(groupOf(each), (backlog.get(groupOf(each)) ?? 0) + each.step);
  const groups = new Set(lives.backlog.map(groupOf));
  return new Map(
    [...groups].map((group) => {
      const mine = (moment: Moment) => groupOf(moment) === group;
      const figures = {
        created: created.filter(mine).length,
        solved: turns.filter((turn) => turn.solved && mine(turn)).length,
        reopened: turns.filter((turn) => !turn.solved && mine(turn)).length,
        backlog: backlog.get(group) ?? 0,
        first_resolution_time: quantiles(turns.filter((turn) => turn.first && mine(turn))),
        full_resolution_time: quantiles(lasting.filter(mine)),
      };
      return [group, figures];
    }),
  );
}

/** By nearest rank. */
function quantiles(moments: Moment[]): Quantiles | null {
  const sorted = moments.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  return sorted.length === 0 ? null : { n: sorted.length, p50: rank(0.5), p90: rank(0.9) };
}
