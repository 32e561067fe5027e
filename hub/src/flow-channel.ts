import { channels } from '@deskwire/contracts/channels';
import type { Frame, SubscribeAck } from '@deskwire/contracts/hub-protocol';
import type { FlowTicker } from './flow-ticker.ts';
import type { HubServer, HubSocket } from './hub-socket.ts';
import type { HubMetrics } from './metrics.ts';

/** A socket with more than this unread misses frames until it has caught up: the next one is whole anyway. */
const skipAboveBytes = 64 * 1024;

export interface LiveChannel {
  subscribe: (socket: HubSocket) => Promise<SubscribeAck>;
  unsubscribe: (socket: HubSocket) => void;
  /** Tells listeners the last `seq`, so that a lost last frame is noticed. `at`: Unix time, ms. */
  heartbeat: (at: number) => void;
}

/**
 * Channel `flow`: each frame whole, latest wins. One emit to one room is one publish of uWebSockets.js; a slow socket
 * is taken out of the room instead of being excepted, which would cost a loop over all sockets (facts/hub.md 0.7).
 */
export function createFlowChannel({
  io,
  ticker,
  bufferedBytes,
  metrics,
}: {
  io: HubServer;
  ticker: Pick<FlowTicker, 'listen' | 'current' | 'head'>;
  bufferedBytes: (transport: object) => number;
  metrics: HubMetrics;
}): LiveChannel & { publish: (frame: Frame) => void } {
  const room = channels.flow;
  const waiting = new Set<HubSocket>();
  const members = new Set<HubSocket>();

  function leave(socket: HubSocket): void {
    waiting.delete(socket);
    if (members.delete(socket)) void socket.leave(room);
    if (waiting.size + members.size === 0) ticker.listen(false);
  }

  return {
    async subscribe(socket) {
      waiting.add(socket);
      ticker.listen(true);
      const frame = await ticker.current();
      // Gone, or unsubscribed, while the report was made.
      if (!waiting.delete(socket)) return { ok: true };
      if (frame === undefined) {
        leave(socket);
        return { ok: false, error: { code: 'unavailable', message: nothingKnown } };
      }
      // Snapshot first, then the room: with nothing in between, no frame is lost and none comes before it.
      socket.emit('frame', { ...frame, kind: 'snapshot' });
      members.add(socket);
      void socket.join(room);
      return { ok: true };
    },
    unsubscribe: leave,
    publish(frame) {
      for (const socket of members) {
        const slow = bufferedBytes(socket.conn.transport) > skipAboveBytes;
        if (slow) metrics.skipped.inc();
        else metrics.frames.inc();
        if (slow === socket.rooms.has(room)) void (slow ? socket.leave(room) : socket.join(room));
      }
      io.to(room).emit('frame', frame);
    },
    heartbeat(at) {
      io.to(room).emit('heartbeat', { ch: room, ...ticker.head(), at: new Date(at).toISOString() });
    },
  };
}

const nothingKnown =
  'The data flow is not known: ClickHouse or NATS does not answer, and no report was made since the hub started. Try again in a few seconds.';
