import type { Random } from './random.ts';

export const targets = ['ingest', 'engine', 'nats', 'workflows'] as const;
export const faults = ['kill', 'stop'] as const;
/**
 * `start-up`: the process was just started again. The others: one insert (of workflows: one step's write) seen, forwarded,
 * answered and not yet told.
 */
export const moments = ['start-up', 'before', 'during', 'after'] as const;
export type Moment = (typeof moments)[number];

/** What the desk writes, each in a place of its own: a state, a message's body, a profile or person, its position, its lease. */
export const steps = ['ticket', 'conversation', 'customer', 'floor', 'lease'] as const;
export type Step = (typeof steps)[number];

/** What strikes whom, and when. */
export interface Combination {
  target: (typeof targets)[number];
  fault: (typeof faults)[number];
  moment: Moment;
  /** Of workflows, but for its start. */
  step?: Step;
}

export const nameOf = ({ target, fault, moment, step }: Combination) =>
  `${target}/${fault}/${moment}${step === undefined ? '' : `/${step}`}`;

export const combinations: readonly Combination[] = targets.flatMap((target) =>
  faults.flatMap((fault) =>
    moments.flatMap((moment): Combination[] =>
      target === 'workflows' && moment !== 'start-up'
        ? steps.map((step) => ({ target, fault, moment, step }))
        : [{ target, fault, moment }],
    ),
  ),
);

/** Rounds in which each combination comes up once, each in an order of its own; the last one may be cut. */
export function planTrials(among: readonly Combination[], trials: number, random: Random): Combination[] {
  const plan: Combination[] = [];
  while (plan.length < trials && among.length > 0) plan.push(...random.shuffle(among));
  return plan.slice(0, trials);
}
