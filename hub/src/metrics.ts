import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type HubMetrics = ReturnType<typeof createMetrics>;

/** What the hub counts, for Prometheus. */
export function createMetrics(register: Registry, connections: () => number) {
  const registers = [register];
  new Gauge({
    name: 'deskwire_hub_connections',
    help: 'Connections at the moment, signed in or not yet',
    registers,
    collect() {
      this.set(connections());
    },
  });
  let watermark: number | undefined;
  new Gauge({
    name: 'deskwire_hub_kpi_watermark_lag_seconds',
    help: 'How far the figures of the last tick are behind the clock by now; only at the hub that ticks',
    registers,
    collect() {
      if (watermark === undefined) this.remove();
      else this.set((Date.now() - watermark) / 1_000);
    },
  });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `deskwire_hub_${name}`, help, labelNames, registers });
  return {
    frames: counter('frames_total', 'Frames handed to sockets'),
    skipped: counter('frames_skipped_total', 'Frames that a slow socket missed'),
    dropped: counter('dropped_total', 'Messages lost by a socket that was then closed'),
    resumes: counter('resumes_total', 'Subscriptions answered: first, held, replay or snapshot', 'answer'),
    closed: counter('closed_total', 'Connections that ended, by reason', 'reason'),
    refused: counter('sign_in_failures_total', 'Sockets refused, by reason', 'reason'),
    refusedMessages: counter('refused_messages_total', 'Messages of clients refused, by reason', 'reason'),
    tickFailures: counter('kpi_tick_failures_total', 'KPI ticks that could not read the figures'),
    tickSeconds: new Histogram({
      name: 'deskwire_hub_kpi_tick_seconds',
      help: 'From the first question of a KPI tick to its last frame',
      buckets: [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
    /** Up to when the figures of the last tick are complete, Unix ms; undefined while others tick. */
    sawWatermark: (at: number | undefined) => (watermark = at),
  };
}
