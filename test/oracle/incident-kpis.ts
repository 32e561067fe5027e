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

/** Figures of [fromMs, toMs), of all tickets or of those of one team or priority. */
export function figuresOf(
  lives: Lives,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  by?: { dimension: 'team' | 'priority'; value: string },
): Figures {
  const mine = (moment: Moment) => by === undefined || moment[by.dimension] === by.value;
  const inside = (moment: Moment) => moment.ms >= fromMs && moment.ms < toMs;
  const turns = lives.turns.filter(inside);
  const lastTurn = new Map(turns.map((turn) => [turn.ticket, turn]));
  return {
    created: lives.created.filter((moment) => inside(moment) && mine(moment)).length,
    solved: turns.filter((turn) => turn.solved && mine(turn)).length,
    reopened: turns.filter((turn) => !turn.solved && mine(turn)).length,
    backlog: lives.backlog.reduce((sum, each) => (each.ms < toMs && mine(each) ? sum + each.step : sum), 0),
    first_resolution_time: quantiles(turns.filter((turn) => turn.first && mine(turn))),
    full_resolution_time: quantiles([...lastTurn.values()].filter((turn) => turn.solved && mine(turn))),
  };
}

/** By nearest rank. */
function quantiles(moments: Moment[]): Quantiles | null {
  const sorted = moments.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  return sorted.length === 0 ? null : { n: sorted.length, p50: rank(0.5), p90: rank(0.9) };
}
