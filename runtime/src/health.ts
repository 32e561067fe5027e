import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { PartHealth } from '@deskwire/contracts/health';
import { subjects } from '@deskwire/contracts/subjects';
import type { NatsConnection } from 'nats';
import { collectDefaultMetrics, register } from 'prom-client';

export interface HealthOptions {
  part: string;
  nc: NatsConnection;
  check: () => PartHealth | Promise<PartHealth>;
}

/**
 * `/healthz` (the process runs), `/readyz` (it can do its work; 503 otherwise) and `/metrics` of one process, for a server
 * of its own to answer with, and the same on NATS subject `health.<part>`, where the web app collects it.
 */
export function answerHealth({ part, nc, check }: HealthOptions) {
  collectDefaultMetrics({ labels: { part } });
  const subscription = nc.subscribe(subjects.health(part), {
    callback: (error, message) => {
      if (error === null) void Promise.resolve(check()).then((health) => message.respond(JSON.stringify(health)));
    },
  });
  return {
    answer: async (path: string): Promise<{ status: number; type: string; body: string }> => {
      if (path === '/healthz') return { status: 200, type: 'text/plain', body: 'ok\n' };
      if (path === '/metrics') return { status: 200, type: register.contentType, body: await register.metrics() };
      if (path !== '/readyz')
        return { status: 404, type: 'text/plain', body: 'only /healthz, /readyz and /metrics are here\n' };
      const health = await check();
      return { status: health.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(health) };
    },
    close: () => subscription.unsubscribe(),
  };
}

/** The same on a port that has nothing else. Rejects when a port that was given is taken. */
export async function serveHealth({ host, port, usualPort, ...options }: HealthOptions & HealthPlace) {
  const { answer, close } = answerHealth(options);
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then((got) =>
      response.writeHead(got.status, { 'content-type': got.type }).end(got.body),
    );
  });
  return {
    port: await listenAt(server, { host, port, usualPort }),
    close: async () => {
      close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface HealthPlace {
  host: string;
  /** 0 lets the system choose. */
  port: number | undefined;
  /** Where no port was given; whoever comes second on a machine gets one from the system. */
  usualPort: number;
}

/** Answers the port. */
export async function listenAt(server: Server, { host, port, usualPort }: HealthPlace): Promise<number> {
  try {
    await once(server.listen(port ?? usualPort, host), 'listening');
  } catch (error) {
    if (port !== undefined) throw error;
    await once(server.listen(0, host), 'listening');
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : usualPort;
}
