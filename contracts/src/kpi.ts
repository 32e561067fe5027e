import { z } from 'zod';
import { streamPosition } from './position.ts';

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
const count = z.number().int().nonnegative();

/** How far a figure can be trusted (DESIGN section 7). */
export const completeness = z.object({
  state: z
    .enum(['complete', 'provisional', 'incomplete', 'stale', 'unknown', 'revised'])
    .describe('revised: changes arrived too late to count, and the figure may differ by them'),
  missing: z.number().int().positive().optional().describe('how many events, at most'),
  rejected: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('of these, events that were rejected and wait to be mended'),
  from: time.optional(),
  to: time.optional(),
  spans: z
    .array(z.object({ from: time, to: time }))
    .min(2)
    .optional()
    .describe('where each of several losses lies, between `from` and `to`'),
  silent: z.array(z.string()).min(1).optional().describe('sources whose silence makes it unknown'),
  why: z.string().optional(),
});
export type Completeness = z.infer<typeof completeness>;

/** Seconds; percentiles by nearest rank. */
export const durationValue = z.object({ p50: z.number(), p90: z.number(), mean: z.number() });
export type DurationValue = z.infer<typeof durationValue>;

/** A figure and how many it stands for. `value` is null exactly when `n` is 0. Rates are 0..1, durations seconds of calendar time. */
export const kpiFigure = z.object({
  value: z.union([z.number(), durationValue]).nullable(),
  n: count,
  business: durationValue.optional().describe('the same durations within business hours'),
});
export type KpiFigure = z.infer<typeof kpiFigure>;

/** The figure of one team, priority, channel, source or assignee; '' where it is not set. */
export const kpiGroup = kpiFigure.extend({ group: z.string() });
export type KpiGroup = z.infer<typeof kpiGroup>;

/** Invented data: a figure that may count any of it says so. */
const simulated = z
  .array(z.string())
  .min(1)
  .optional()
  .describe('simulated sources ("demo-...") whose events may be counted here; absent: none');

/** One figure with its proof. */
export const kpiAnswer = kpiFigure.extend({
  unit: z.enum(['tickets', 'seconds', 'ratio']),
  cohort: z.string(),
  as_of: time,
  watermark: time.nullable().describe('every event that arrived before is counted'),
  completeness,
  simulated,
  previous: kpiFigure
    .extend({ from: time, to: time, completeness })
    .optional()
    .describe('the period of equal length before, and how far it can be trusted itself'),
  groups: z.array(kpiGroup).optional(),
});
export type KpiAnswer = z.infer<typeof kpiAnswer>;

/** What `GET /api/v1/kpi` answers. */
export const kpiAnswers = z.partialRecord(kpiName, kpiAnswer);
export type KpiAnswers = z.infer<typeof kpiAnswers>;

const span = { from: time, to: time };
/**
 * One bucket of a series: [from, to). What begins at or after the watermark is not known yet and has no figure, which is not
 * zero; what ends after it may still change.
 */
export const kpiBucket = z.discriminatedUnion('state', [
  kpiFigure.extend({ state: z.enum(['known', 'provisional']), ...span, groups: z.array(kpiGroup).optional() }),
  z.object({ state: z.literal('unknown'), ...span, value: z.null() }),
]);
export type KpiBucket = z.infer<typeof kpiBucket>;

export const kpiGrain = z.enum(['minute', 'hour', 'day']);
export type KpiGrain = z.infer<typeof kpiGrain>;

/** What `GET /api/v1/kpi/<name>/series` answers: every bucket of the range, by local time of `zone`. */
export const kpiSeries = z.object({
  kpi: kpiName,
  ...{ unit: kpiAnswer.shape.unit, cohort: z.string(), grain: kpiGrain, zone: z.string(), from: time, to: time },
  ...{ as_of: time, watermark: time.nullable(), completeness, simulated },
  buckets: z.array(kpiBucket),
});
export type KpiSeries = z.infer<typeof kpiSeries>;

/** What `GET /api/v1/kpi/<name>/tickets` answers: the number, and what stands behind it, page by page, as of one moment. */
export const kpiReceipt = kpiFigure.extend({
  kpi: kpiName,
  ...{ unit: kpiAnswer.shape.unit, definition: z.string(), cohort: z.string(), exclusions: z.string() },
  ...{ from: time, to: time, as_of: time, watermark: time.nullable(), completeness, simulated },
  n: count.describe('tickets (or events of them) behind the number, all pages together'),
  tickets: z.array(
    z.object({
      ticket_id: z.string().describe('the desk’s id'),
      at: time.describe('the instant at which it counts'),
      value: z.number().describe('seconds, or what it adds to the count or to the part counted'),
      business: z.number().optional().describe('seconds of business time'),
    }),
  ),
  next: z.string().nullable().describe('cursor of the next page; null on the last'),
});
export type KpiReceipt = z.infer<typeof kpiReceipt>;

/** What channel `kpi:<scope>` carries: all values of today. */
export const kpiFrame = z.object({
  range: z.literal('today'),
  zone: z.string(),
  kpis: z.partialRecord(kpiName, kpiAnswer),
  last_change: streamPosition
    .optional()
    .describe('the last stored change of any ticket: when it is another one, the API may answer other figures'),
});
export type KpiFrame = z.infer<typeof kpiFrame>;

/** What a hub tells the one that runs the queries: scopes that somebody listens to there. */
export const kpiWanted = z.object({
  hub: z.string().max(100),
  scopes: z.array(z.union([z.literal('all'), z.templateLiteral(['team:', z.string().regex(/^[\w-]{1,700}$/)])])),
});
export type KpiWanted = z.infer<typeof kpiWanted>;
