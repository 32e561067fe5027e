import { freePort } from '@deskwire/supervisor/start-nats';
import { startChild, type Child } from './child.ts';
import type { KpiFeed } from './kpi-feed.ts';
import { collectable } from './resting-memory.ts';
import type { Servers } from './servers.ts';
import { startClients, type Clients } from './start-clients.ts';

/** One of the servers that are measured side by side. */
export interface Contender {
  name: string;
  protocol: 'socket.io' | 'bare';
  start: (servers: Servers, port: number) => Child;
}

const plain = (kind: 'uws' | 'socket.io') => (servers: Servers, port: number) =>
  startChild({
    file: 'bench/src/plain-sockets.ts',
    env: { ...servers.hubEnv, PLAIN_SERVER: kind, PLAIN_PORT: String(port) },
    nodeFlags: collectable,
  });
/** Frames/s that a page sees, more or less. */
export const calmPerS = 4;

export const contenders = [
  {
    name: 'hub',
    protocol: 'socket.io',
    start: (servers, port) =>
      startChild({
        file: 'hub/src/main.ts',
        env: { ...servers.hubEnv, HUB_PORT: String(port) },
        nodeFlags: collectable,
      }),
  },
  { name: 'raw uWebSockets', protocol: 'bare', start: plain('uws') },
  { name: 'Socket.IO default', protocol: 'socket.io', start: plain('socket.io') },
] as const satisfies readonly Contender[];
/** What the others are compared with. */
export const raw = contenders[1];

/** A server with clients of its own and the feed that both share. */
export interface Place {
  feed: KpiFeed;
  clients: Clients;
  server: () => Child;
  /** Kills the server and starts it again on the same port; Unix ms of its death and of its being there again. */
  restart: () => Promise<{ diedAt: number; readyAt: number }>;
}

/** Starts both for one measurement, with as many frames as a page sees, and ends them after it. */
export async function withServer<Result>(
  { servers, feed, token, contender }: { servers: Servers; feed: KpiFeed; token: string; contender: Contender },
  work: (place: Place) => Promise<Result>,
): Promise<Result> {
  const port = await freePort();
  let server = contender.start(servers, port);
  let clients: Clients | undefined;
  const restart = async () => {
    const diedAt = Date.now();
    await server.kill();
    server = contender.start(servers, port);
    await server.ready;
    return { diedAt, readyAt: Date.now() };
  };
  try {
    await server.ready;
    clients = await startClients({ port, protocol: contender.protocol, token });
    feed.setRate(calmPerS);
    return await Promise.race([work({ feed, clients, server: () => server, restart }), server.failed]);
  } finally {
    feed.setRate(0);
    await clients?.stop();
    await server.stop();
  }
}
