import { once } from 'node:events';
import { createServer } from 'node:http';
import type { PartHealth } from '@deskwire/contracts/health';
import { subjects } from '@deskwire/contracts/subjects';
import type { NatsConnection } from 'nats';
import { collectDefaultMetrics, register } from 'prom-client';

/** Port 0 lets the system choose. */
export interface HealthOptions extends Record<'part' | 'host', string> {
  port: number;
  nc: NatsConnection;
  check: () => PartHealth | Promise<PartHealth>;
}

/**
 * `/healthz` (the process runs), `/readyz` (it can do its work; 503 otherwise) and `/metrics` of one process, and the
 * same answer on NATS subject `health.<part>`, where the web app collects it.
 */
export async function serveHealth({ part, host, port, nc, check }: HealthOptions) {
  collectDefaultMetrics({ labels: { part } });
  const subscription = nc.subscribe(subjects.health(part), {
    callback: (error, message) => {
      if (error === null) void Promise.resolve(check()).then((health) => message.respond(JSON.stringify(health)));
    },
  });

  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then((got) =>
      response.writeHead(got.status, { 'content-type': got.type }).end(got.body),
    );
  });

  async function answer(url: string): Promise<{ status: number; type: string; body: string }> {
    if (url === '/healthz') return { status: 200, type: 'text/plain', body: 'ok\n' };
    if (url === '/metrics') return { status: 200, type: register.contentType, body: await register.metrics() };
    if (url !== '/readyz')
      return { status: 404, type: 'text/plain', body: 'only /healthz, /readyz and /metrics are here\n' };
    const health = await check();
    return { status: health.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(health) };
  }

  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      subscription.unsubscribe();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
