import type { TicketRowContent } from '@deskwire/clickhouse/ticket-changes-row';
import type { Disposition } from '@deskwire/contracts/reasons';
import { Counter, Gauge, Histogram } from 'prom-client';

/** What an ingest process counts; Prometheus names, seconds and bytes. */
export function createMetrics() {
  return {
    events: new Counter({
      name: 'deskwire_ingest_events_total',
      help: 'Events stored in the ledger',
      labelNames: ['disposition'] as const,
    }),
    ticketChanges: new Counter({
      name: 'deskwire_ingest_ticket_changes_total',
      help: 'Messages of TICKETS stored in ticket_changes',
      labelNames: ['kind'] as const,
    }),
    batchRows: new Histogram({
      name: 'deskwire_ingest_batch_rows',
      help: 'Rows of one insert',
      labelNames: ['stream'] as const,
      buckets: [1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000],
    }),
    interruptions: new Counter({
      name: 'deskwire_ingest_interruptions_total',
      help: 'Sessions that ended and began again from the ledger',
      labelNames: ['stream'] as const,
    }),
    watermark: new Gauge({
      name: 'deskwire_ingest_watermark_seconds',
      help: 'JetStream time of the last stored message',
      labelNames: ['stream'] as const,
    }),
    selfChecked: new Gauge({
      name: 'deskwire_ingest_self_check_seconds',
      help: 'When this process last made the nightly self-check; 0 when it has not yet',
    }),
    filterSeed: new Gauge({
      name: 'deskwire_ingest_filter_seeded_ids',
      help: 'Ids that the filter learnt from the ledger at start',
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

export function countStored(metrics: Metrics, counts: Record<Disposition, number>): void {
  for (const [disposition, count] of Object.entries(counts)) metrics.events.inc({ disposition }, count);
}

export function countChanges(metrics: Metrics, counts: Record<TicketRowContent['kind'], number>): void {
  for (const [kind, count] of Object.entries(counts)) metrics.ticketChanges.inc({ kind }, count);
}
