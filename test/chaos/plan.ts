import type { Random } from './random.ts';

export const targets = ['ingest', 'engine', 'nats', 'workflows'] as const;
export const faults = ['kill', 'stop'] as const;
/**
 * `start-up`: the process was just started again. The others: one insert (of workflows: one append to TICKETS) seen,
 * forwarded, answered and not yet told.
 */
export const moments = ['start-up', 'before', 'during', 'after'] as const;
export type Moment = (typeof moments)[number];

/** What strikes whom, and when. */
export interface Combination {
  target: (typeof targets)[number];
  fault: (typeof faults)[number];
  moment: Moment;
}

export const nameOf = ({ target, fault, moment }: Combination) => `${target}/${fault}/${moment}`;

export const combinations: readonly Combination[] = targets.flatMap((target) =>
  faults.flatMap((fault) => moments.map((moment) => ({ target, fault, moment }))),
);

/** Rounds in which each combination comes up once, each in an order of its own; the last one may be cut. */
export function planTrials(among: readonly Combination[], trials: number, random: Random): Combination[] {
  const plan: Combination[] = [];
  while (plan.length < trials && among.length > 0) plan.push(...random.shuffle(among));
  return plan.slice(0, trials);
}
