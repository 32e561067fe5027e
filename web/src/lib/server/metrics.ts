import { collectDefaultMetrics, Counter, Histogram, type Registry } from 'prom-client';

/** What the web server counts, for Prometheus. */
export function createMetrics(register: Registry) {
  const registers = [register];
  collectDefaultMetrics({ register, labels: { part: 'web' } });
  return {
    requests: new Histogram({
      name: 'deskwire_web_request_seconds',
      help: 'Time to answer, by route and status',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers,
    }),
    refused: new Counter({ name: 'deskwire_web_sign_in_failures_total', help: 'Failed sign-ins', registers }),
    text: () => register.metrics(),
    contentType: register.contentType,
  };
}
