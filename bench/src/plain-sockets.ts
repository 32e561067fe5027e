import { createServer } from 'node:http';
import { channels } from '@deskwire/contracts/channels';
import type { SubscribeAck } from '@deskwire/contracts/hub-protocol';
import { subjects } from '@deskwire/contracts/subjects';
import { natsEnv, port } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { Server } from 'socket.io';
import uws from 'uWebSockets.js';
import { z } from 'zod';
import { readChildEnv } from './env.ts';

const room = channels.kpi('all');
const host = '127.0.0.1';

/**
 * What the hub is measured beside, as a process of its own: it passes on what the hub would, the KPI frames from NATS, to
 * everybody who connects, the last one first. No sign-in, no channels to choose from, no check of what arrives, no slow sockets.
 */
async function servePlainly(): Promise<void> {
  const env = readChildEnv({ ...natsEnv, PLAIN_SERVER: z.enum(['uws', 'socket.io']), PLAIN_PORT: port(0) });
  const nc = await connectNats(env, 'hub');
  const pass = await (env.PLAIN_SERVER === 'uws' ? serveUws(env.PLAIN_PORT) : serveSocketIo(env.PLAIN_PORT));
  nc.subscribe(subjects.liveKpi('all'), { callback: (_, message) => pass(message.string()) });
  await nc.flush();
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: env.PLAIN_SERVER });
}

type Pass = (frame: string) => void;

/** uWebSockets.js as its own examples do it: one topic, the frame as it is. */
async function serveUws(portNumber: number): Promise<Pass> {
  const app = uws.App();
  let last: string | undefined;
  app.ws('/*', {
    open: (socket) => {
      if (last !== undefined) socket.send(last);
      socket.subscribe(room);
    },
  });
  await new Promise<void>((resolve, reject) => {
    app.listen(host, portNumber, (opened) => {
      if (opened === false) reject(new Error(`cannot listen on ${host}:${portNumber}`));
      else resolve();
    });
  });
  return (frame) => {
    last = frame;
    app.publish(room, frame);
  };
}

interface Heard {
  subscribe: (message: unknown, ack: (answer: SubscribeAck) => void) => void;
}

/** Socket.IO with its defaults: `ws` on Node's HTTP server. */
async function serveSocketIo(portNumber: number): Promise<Pass> {
  const server = createServer();
  const io = new Server<Heard, { frame: (frame: unknown) => void }>(server);
  let last: unknown;
  io.on('connection', (socket) => {
    socket.on('subscribe', (_, ack) => {
      if (last !== undefined) socket.emit('frame', last);
      void socket.join(room);
      ack({ ok: true });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(portNumber, host, resolve);
  });
  return (frame) => {
    last = JSON.parse(frame);
    io.to(room).emit('frame', last);
  };
}

await servePlainly();
