import type { KpiAnswer, KpiName } from './kpi.ts';

/**
 * What a figure is made of. `events` counts, `state` is what is open at the end, `duration` has percentiles, `share` is a part
 * of n between 0 and 1.
 */
export type KpiKind = 'events' | 'state' | 'duration' | 'share';

/** A watermark older than this, while events wait, makes figures stale. */
export const staleLagMs = 30_000;

export interface KpiDefinition {
  kind: KpiKind;
  definition: string;
  /** Who is counted in n. */
  cohort: string;
  /** What is left out, and why. */
  exclusions: string;
  /** False: its data does not exist yet; n is 0 and the cohort says so. */
  measured: boolean;
}

const replies = 'Private notes, messages of the system, and an agent’s message that opened the ticket.';
const resolved = 'tickets whose last solve in the range was not reopened before its end';

const reasons = {
  csat_response_rate: 'no request for a rating is sent yet',
  sla_attainment: 'no SLA targets are applied yet',
  escalation_rate: 'no escalations are recorded yet',
} as const;
/** Why there is no number of what is not measured. */
export const whyNotMeasured: Partial<Record<KpiName, string>> = reasons;

/** Definitions follow the field (sources stand in clickhouse/src/kpi/queries); event time is the source’s, never that of ingest. */
export const kpiDefinitions: Record<KpiName, KpiDefinition> = {
  created: {
    kind: 'events',
    definition: 'Tickets opened in the range, by the time that their source gives.',
    cohort: 'tickets opened in the range',
    exclusions:
      'Tickets of which only messages, ratings or the deletion are known. A rejected event is said to be missing when it arrived and when it happened, not when a ticket in it was created.',
    measured: true,
  },
  solved: {
    kind: 'events',
    definition:
      'How often a ticket became solved or closed that was neither before. One that is solved, opened again and solved once more counts twice.',
    cohort: 'solves in the range',
    exclusions: 'Deletions and merges.',
    measured: true,
  },
  reopened: {
    kind: 'events',
    definition:
      'How often a ticket that was solved or closed was opened again. One that comes back twice counts twice.',
    cohort: 'reopenings in the range',
    exclusions: 'Tickets restored after a deletion.',
    measured: true,
  },
  backlog: {
    kind: 'state',
    definition: 'Tickets that are neither solved nor closed just before the end of the range.',
    cohort: 'tickets open just before the end of the range',
    exclusions: 'Deleted and merged tickets.',
    measured: true,
  },
  unassigned: {
    kind: 'state',
    definition: 'Tickets of the backlog without an assignee just before the end of the range.',
    cohort: 'tickets open and without an assignee just before the end of the range',
    exclusions: 'Deleted and merged tickets.',
    measured: true,
  },
  first_reply_time: {
    kind: 'duration',
    definition:
      'How long a ticket waited from its opening for the first public message of an agent. It counts when that message was sent.',
    cohort: 'tickets first answered in the range',
    exclusions: replies,
    measured: true,
  },
  next_reply_time: {
    kind: 'duration',
    definition:
      'After the first reply: how long a customer waited from their oldest unanswered public message for the next public message of an agent.',
    cohort: 'customer waits after the first reply that were answered in the range',
    exclusions: `${replies} Waits that a solve ended.`,
    measured: true,
  },
  first_resolution_time: {
    kind: 'duration',
    definition:
      'How long it took from the opening of a ticket until it was first solved. It counts when it was solved.',
    cohort: 'tickets first solved in the range',
    exclusions: 'Tickets that were only deleted or merged.',
    measured: true,
  },
  full_resolution_time: {
    kind: 'duration',
    definition:
      'How long it took from the opening of a ticket to its last solve in the range, if it was not reopened before the range ends.',
    cohort: resolved,
    exclusions: 'Solves that were reopened before the end of the range.',
    measured: true,
  },
  requester_wait_time: {
    kind: 'duration',
    definition:
      'How long a ticket was new, open or on hold until its last solve in the range, if it was not reopened before the range ends.',
    cohort: resolved,
    exclusions: 'Time in pending; solves that were reopened before the end of the range.',
    measured: true,
  },
  one_touch_rate: {
    kind: 'share',
    definition:
      'Of the tickets solved with at least one public message of an agent, and not reopened before the range ends, the share that took exactly one.',
    cohort: `${resolved}, with at least one public message of an agent`,
    exclusions: 'Tickets solved without any reply; solves that were reopened before the end of the range.',
    measured: true,
  },
  reopen_rate: {
    kind: 'share',
    definition: 'Of the tickets solved in the range, the share that was reopened after such a solve.',
    cohort: 'tickets solved in the range',
    exclusions: 'None.',
    measured: true,
  },
  csat: {
    kind: 'share',
    definition: 'Of the ratings, the share that is 4 or 5, by the time of the rating.',
    cohort: 'ratings given in the range',
    exclusions: 'Tickets without a rating.',
    measured: true,
  },
  csat_response_rate: notMeasured(
    'csat_response_rate',
    'Of the requests for a rating that were sent, the share that was answered.',
  ),
  sla_attainment: notMeasured('sla_attainment', 'Of the targets met or breached, the share that was met.'),
  escalation_rate: notMeasured('escalation_rate', 'Of the tickets created, the share that was escalated.'),
};

function notMeasured(name: keyof typeof reasons, definition: string): KpiDefinition {
  const cohort = `not measured: ${reasons[name]}`;
  return { kind: 'share', definition, cohort, exclusions: 'Everything.', measured: false };
}

const units = { events: 'tickets', state: 'tickets', duration: 'seconds', share: 'ratio' } as const;

export const unitOf = (name: KpiName): KpiAnswer['unit'] => units[kpiDefinitions[name].kind];
