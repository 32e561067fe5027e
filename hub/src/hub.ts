import type { IncomingHttpHeaders } from 'node:http';
import { hubProtocolVersion } from '@deskwire/contracts/hub-protocol';
import { Server } from 'socket.io';
import { guardConnections } from './guard-connections.ts';
import type { HubServer, HubSocket } from './hub-socket.ts';
import type { HubMetrics } from './metrics.ts';
import { judgeOrigin } from './origin.ts';
import { refusalOf, type Refusal } from './refusal.ts';
import type { Cuttable, Revocation } from './revocation.ts';
import type { SignInResult } from './sign-in.ts';
import type { SocketApp } from './socket-app.ts';
import { serveSubscriptions, type LiveChannels } from './subscriptions.ts';

/** The largest message a client may send: a command with a reply of 64 KiB and its escapes. */
const messageBytesMax = 256 * 1024;

/** Socket.IO on uWebSockets.js: websocket only, no connection state recovery (broken there: facts/hub.md 0.1). */
export function createIo(socketApp: SocketApp, origins: readonly string[]): HubServer {
  const io: HubServer = new Server({
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: messageBytesMax,
    connectTimeout: 10_000,
    // Synchronous, always: see judgeOrigin.
    allowRequest: (request, decide) => decide(null, judgeOrigin(request.headers.origin, origins) !== 'refused'),
  });
  io.attachApp(socketApp.app);
  return io;
}

/** Who may come in, and what they may then say. */
export function serveSockets({
  io,
  origins,
  signIn,
  addressOf,
  revocation,
  live,
  metrics,
}: {
  io: HubServer;
  origins: readonly string[];
  signIn: (token: unknown, origin: 'page' | 'program' | 'refused', address: string) => Promise<SignInResult>;
  /** Of a connection, by its headers and its peer. */
  addressOf: (headers: IncomingHttpHeaders, peer: string) => string;
  revocation: Revocation;
  live: LiveChannels;
  metrics: HubMetrics;
}): void {
  const connections = guardConnections({ engine: io.engine, addressOf, metrics });
  io.engine.on('connection_error', ({ code }: { code: number }) => {
    metrics.refused.inc({ reason: handshakeReasons[code] ?? 'bad-handshake' });
  });

  io.use((socket, next) => {
    const { auth, headers, address } = socket.handshake;
    if (!connections.introduce(socket.conn)) {
      next(new Error('closed: nobody hears this'));
      return;
    }
    // A program need not say what it speaks; pages do, because one may be open since before an update.
    if ((auth['version'] ?? hubProtocolVersion) !== hubProtocolVersion) {
      refuse('wrong-version');
      return;
    }
    signIn(auth['token'], judgeOrigin(headers.origin, origins), addressOf(headers, address)).then(
      (result) => {
        if (result.ok) {
          socket.data.who = result.who;
          next();
        } else refuse(result.reason);
      },
      () => refuse('unavailable'),
    );

    function refuse(reason: Refusal): void {
      metrics.refused.inc({ reason });
      const { message, data } = refusalOf(reason);
      next(Object.assign(new Error(message), { data }));
    }
  });

  io.on('connection', (socket) => {
    forgetHandshake(socket);
    const held = cuttable(socket);
    if (!revocation.admit(held)) {
      held.cut();
      return;
    }
    socket.on('disconnect', (reason) => {
      metrics.closed.inc({ reason });
      revocation.left(held);
      // Who only leaves the socket would hold a connection that nothing cuts any more.
      socket.conn.close();
    });
    serveSubscriptions(socket, { live, metrics, isOver: () => connections.isOver(socket.conn) });
  });
}

/** What Engine.IO finds wrong with a handshake, by its codes; the client is answered with 400, or 403 for a foreign origin. */
const handshakeReasons: Record<number, string> = {
  0: 'wrong-transport',
  1: 'unknown-session',
  2: 'bad-handshake',
  3: 'bad-handshake',
  4: 'foreign-origin',
  5: 'wrong-engine-version',
};

/** Nobody needs it any more, and it holds the token, and a tenth of what a connection that rests costs in memory (measured). */
function forgetHandshake({ handshake, conn }: HubSocket): void {
  Object.assign(handshake, { headers: {}, auth: {}, query: {} });
  Object.assign(conn, { request: undefined });
}

/** With `true`, always: without it the topics stay subscribed while the connection lives (facts/hub.md 0.5). */
function cuttable(socket: HubSocket): Cuttable {
  return { id: socket.id, data: socket.data, cut: () => void socket.disconnect(true) };
}
