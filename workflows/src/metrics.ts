import { Counter, Gauge } from 'prom-client';

/** What the desk process counts; Prometheus names, seconds. */
export function createMetrics() {
  return {
    events: new Counter({
      name: 'deskwire_desk_events_total',
      help: 'Events of tickets and customers that the desk has dealt with',
      labelNames: ['outcome'] as const,
    }),
    conflicts: new Counter({
      name: 'deskwire_desk_conflicts_total',
      help: 'Appends to TICKETS that another writer was faster with; judged again',
    }),
    interruptions: new Counter({
      name: 'deskwire_desk_interruptions_total',
      help: 'Sessions that ended and began again from the floor',
    }),
    held: new Gauge({ name: 'deskwire_desk_held_events', help: 'Events held back with their tickets' }),
    running: new Gauge({ name: 'deskwire_desk_running_events', help: 'Events being applied' }),
    cached: new Gauge({ name: 'deskwire_desk_cached_tickets', help: 'Ticket states in memory' }),
    cachedCustomers: new Gauge({ name: 'deskwire_desk_cached_customers', help: 'Customer profiles in memory' }),
    floor: new Gauge({
      name: 'deskwire_desk_floor_seconds',
      help: 'JetStream time of the event up to which all are applied',
    }),
    purged: new Counter({
      name: 'deskwire_desk_purged_revisions_total',
      help: 'Revisions of tickets removed below the committed position',
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
