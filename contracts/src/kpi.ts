import { z } from 'zod';

export const kpiNames = [
  'created',
  'solved',
  'reopened',
  'backlog',
  'unassigned',
  'first_reply_time',
  'next_reply_time',
  'first_resolution_time',
  'full_resolution_time',
  'requester_wait_time',
  'one_touch_rate',
  'reopen_rate',
  'sla_attainment',
  'csat',
  'csat_response_rate',
  'escalation_rate',
] as const;
export const kpiName = z.enum(kpiNames);
export type KpiName = z.infer<typeof kpiName>;

const time = z.iso.datetime();

/** How far a figure can be trusted (DESIGN section 7). */
export const completeness = z.object({
  state: z.enum(['complete', 'provisional', 'incomplete', 'stale', 'unknown', 'revised']),
  missing: z.number().int().positive().optional(),
  from: time.optional(),
  to: time.optional(),
  why: z.string().optional(),
});
export type Completeness = z.infer<typeof completeness>;

/** Seconds. */
export const durationValue = z.object({ p50: z.number(), p90: z.number(), mean: z.number() });

/** One figure with its proof. `value` is null exactly when `n` is 0. Rates are 0..1, durations seconds. */
export const kpiAnswer = z.object({
  value: z.union([z.number(), durationValue]).nullable(),
  n: z.number().int().nonnegative(),
  unit: z.enum(['tickets', 'seconds', 'ratio']),
  cohort: z.string(),
  as_of: time,
  watermark: time.nullable(),
  completeness,
});
export type KpiAnswer = z.infer<typeof kpiAnswer>;

/** What channel `kpi:<scope>` carries: all values of today. */
export const kpiFrame = z.object({
  range: z.literal('today'),
  zone: z.string(),
  kpis: z.partialRecord(kpiName, kpiAnswer),
});
export type KpiFrame = z.infer<typeof kpiFrame>;
