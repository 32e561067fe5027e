import type { KpiScope } from './channels.ts';
import { token } from './key-token.ts';

const settlementPrefix = 'events._settled.';
const retirementPrefix = 'events._retired.';
/** Where the source begins in `events.<source>.<type>`. */
const afterEvents = 7;

/**
 * Every subject, stream, bucket and durable name of Deskwire, written once.
 * Streams are persistent (JetStream); `live.*`, `health.*` and `ingest.committed` are core NATS and may be missed.
 */
export const subjects = {
  /** All events of all integrations: what EVENTS stores. */
  allEvents: 'events.>',
  /** One integration's own subtree: all that its login may publish. */
  eventsOf: (source: string) => `events.${source}.>`,
  /** A single event; `type` keeps its dots, so consumers can filter by `events.*.ticket.>`. */
  event: (source: string, type: string) => `events.${source}.${type}`,
  /** A JSON array of events. */
  batch: (source: string) => `events.${source}.batch`,
  /**
   * The event that settles a rejected one: mended, or `rejection.dismissed`. No source is called `_settled`, so no integration
   * may publish here; one message a subject, so nothing is settled twice. `rejected`: its name, of four tokens.
   */
  settlement: (source: string, rejected: string) => `${settlementPrefix}${source}.${rejected}`,
  settlementsOf: (source: string) => `${settlementPrefix}${source}.>`,
  allSettlements: `${settlementPrefix}>`,
  /**
   * The final heartbeat of a source that an administrator retires: as with settlements no integration may publish here. One message
   * a subject, so that one silence is ended once. `heartbeatMs`: when its last own heartbeat arrived, Unix ms.
   */
  retirement: (segment: string, source: string, heartbeatMs: number) =>
    `${retirementPrefix}${segment}.${token(source)}.${heartbeatMs}`,
  retirementsOf: (segment: string) => `${retirementPrefix}${segment}.>`,
  allRetirements: `${retirementPrefix}>`,

  /** One ticket's state, last message wins. `ticket` is the desk's id. */
  ticket: (segment: string, ticketId: string) => `tickets.${token(segment)}.${token(ticketId)}`,
  /** How far the desk has applied events, when no ticket says so: `FloorMark`. */
  ticketFloor: 'tickets._floor',
  /** One ticket's conversation. */
  conversation: (segment: string, ticketId: string) => `conversation.${token(segment)}.${token(ticketId)}`,
  /** One key of bucket `customers`: a profile. */
  customer: (key: string) => `$KV.customers.${key}`,
  /** One operation that a connector has to carry out in the foreign system. */
  outbound: (connector: string, operation: string) => `outbound.${connector}.${operation}`,
  /** The bytes of one rejected event. */
  quarantine: (stream: string, epoch: number, seq: number, idx: number) =>
    `quarantine.${stream}.${epoch}.${seq}.${idx}`,
  /** Something a person should know. */
  alert: (severity: AlertSeverity, area: string) => `alerts.${severity}.${area}`,

  /** An ingest worker stored rows: `IngestCommitted`. */
  ingestCommitted: 'ingest.committed',
  /** The data flow as a whole: `FlowReport`. */
  liveFlow: 'live.flow',
  /** One scope's figures of today: `Frame` with `KpiFrame`. A team's slug is a token as it is. */
  liveKpi: (scope: KpiScope) => `live.kpi.${scope}`,
  liveKpis: 'live.kpi.*',
  /** Which scopes a hub has listeners for, said every 2 s and at each change: `KpiWanted`. */
  liveKpiWanted: 'live.kpi-wanted',
  /** Request/reply: how one process is. */
  health: (part: string) => `health.${part}`,
  /** Request/reply commands of the desk. */
  desk: (verb: string) => `desk.${verb}`,
} as const;

export const streams = {
  events: 'EVENTS',
  tickets: 'TICKETS',
  conversations: 'CONVERSATIONS',
  outbound: 'OUTBOUND',
  quarantine: 'QUARANTINE',
  alerts: 'ALERTS',
} as const;

export const buckets = [
  'customers',
  'users',
  'sessions',
  'keys',
  'config',
  'cursors',
  'actions',
  'leases',
  'reports',
] as const;
export type Bucket = (typeof buckets)[number];

export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Everything below one first token: what a stream stores, or what a login may publish or hear. */
export const subtrees = {
  tickets: 'tickets.>',
  conversations: 'conversation.>',
  outbound: 'outbound.>',
  quarantine: 'quarantine.>',
  alerts: 'alerts.>',
  live: 'live.>',
  desk: 'desk.>',
} as const;

/** Key of bucket `leases` that the supervisor writes every few seconds to see that JetStream still stores. */
export const supervisorLease = 'supervisor';

/** Lease of the one hub that runs the KPI queries for all of them. */
export const kpiTickerLease = 'hub.kpi-ticker';

/** Lease of the one active desk worker. */
export const deskLease = 'workflows.desk';

/** Lease of the one active ingest worker of a stream, a key of bucket `leases`. */
export const ingestLease = (stream: string) => `ingest.${stream}`;

/** Whose is what was published where no source may: by that name it can be dismissed as any other. */
const unnamed = 'unnamed';

/** The source token that an event was published under: `events.<source>.<type>` -> `<source>`; `unnamed` where that could be none. */
export function sourceOfSubject(subject: string): string {
  const start = startOfSource(subject);
  const end = subject.startsWith('events.') ? subject.indexOf('.', start) : -1;
  const found = end < 0 ? '' : subject.slice(start, end);
  return /^[a-z0-9-]{1,200}$/.test(found) ? found : unnamed;
}

function startOfSource(subject: string): number {
  if (subject[afterEvents] !== '_') return afterEvents;
  return [settlementPrefix, retirementPrefix].find((prefix) => subject.startsWith(prefix))?.length ?? afterEvents;
}

/** The rejected event that a message on this subject settles: its name, `<stream>.<epoch>.<seq>.<idx>`; '' for any other message. */
export function settledBySubject(subject: string): string {
  const end = subject.startsWith(settlementPrefix) ? subject.indexOf('.', settlementPrefix.length) : -1;
  return end < 0 ? '' : subject.slice(end + 1);
}
