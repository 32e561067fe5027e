import { Counter, Gauge, type Registry } from 'prom-client';

export type HubMetrics = ReturnType<typeof createMetrics>;

/** What the hub counts, for Prometheus. */
export function createMetrics(register: Registry, connections: () => number) {
  const registers = [register];
  new Gauge({
    name: 'deskwire_hub_connections',
    help: 'Sockets signed in at the moment',
    registers,
    collect() {
      this.set(connections());
    },
  });
  return {
    frames: new Counter({ name: 'deskwire_hub_frames_total', help: 'Frames handed to sockets', registers }),
    skipped: new Counter({
      name: 'deskwire_hub_frames_skipped_total',
      help: 'Frames that a slow socket missed',
      registers,
    }),
    dropped: new Counter({
      name: 'deskwire_hub_dropped_total',
      help: 'Messages lost by a socket that was then closed',
      registers,
    }),
    refused: new Counter({
      name: 'deskwire_hub_sign_in_failures_total',
      help: 'Sockets refused, by reason',
      labelNames: ['reason'],
      registers,
    }),
  };
}
