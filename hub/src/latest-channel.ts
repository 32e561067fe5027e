import type { Frame, HubHeartbeat, Subscribe, SubscribeAck } from '@deskwire/contracts/hub-protocol';
import type { HubSocket } from './hub-socket.ts';
import type { HubMetrics } from './metrics.ts';
import type { Rooms } from './rooms.ts';

/** A socket with more than this unread misses frames until it has caught up: the next one is whole anyway. */
const skipAboveBytes = 64 * 1024;
/** Looking at every socket costs as much as a fifth of sending to it (measured): until the next look a slow one gathers a few frames. */
const framesPerLook = 4;
/** Or this many characters, for wide frames: four of them could fill a socket to the limit at which it is closed. */
const charactersPerLook = 256 * 1024;

/** Where a channel's frames come from. */
export interface FrameSource {
  /** Whether anybody listens; frames need not be made for nobody. */
  listen: (on: boolean) => void;
  /** The last frame, fresh, with the server's time of now; undefined when there is none to be had. */
  current: () => Promise<Frame | undefined>;
  head: () => Pick<HubHeartbeat, 'epoch' | 'head'>;
}

/** One channel as sockets join it. */
export interface LiveChannel {
  subscribe: (socket: HubSocket, from: Subscribe) => Promise<SubscribeAck>;
  /** From one channel of this kind, or from all. */
  unsubscribe: (socket: HubSocket, ch?: string) => void;
  /** Tells listeners the last `seq`, so that a lost last frame is noticed. `at`: Unix time, ms. */
  heartbeat: (at: number) => void;
}

export interface ChannelDoors {
  rooms: Rooms;
  bufferedBytes: (transport: object) => number;
  metrics: HubMetrics;
  /** Unix time, ms. */
  now: () => number;
}

/**
 * A channel whose frames are whole: latest wins. What is sent to a room is one publish of uWebSockets.js; a slow socket is taken
 * out of the room instead of being excepted, which would cost a loop over all sockets (facts/hub.md 0.7).
 */
export function createLatestChannel({
  room,
  source,
  unknown,
  doors: { rooms, bufferedBytes, metrics, now },
}: {
  room: string;
  source: FrameSource;
  /** What a listener is told when there is nothing to show. */
  unknown: string;
  doors: ChannelDoors;
}): LiveChannel & { publish: (frame: Frame) => void } {
  const waiting = new Set<HubSocket>();
  const members = new Set<HubSocket>();
  /** Members that are out of the room until they have read. */
  const slow = new Set<HubSocket>();
  let framesSince = framesPerLook;
  let charactersSince = 0;

  function findSlow(): void {
    for (const socket of members) {
      const isSlow = bufferedBytes(socket.conn.transport) > skipAboveBytes;
      if (isSlow === slow.has(socket)) continue;
      if (isSlow) {
        slow.add(socket);
        rooms.leave(socket, room);
      } else {
        slow.delete(socket);
        rooms.enter(socket, room);
      }
    }
  }
  function leave(socket: HubSocket): void {
    const was = waiting.delete(socket);
    slow.delete(socket);
    if (members.delete(socket)) rooms.leave(socket, room);
    else if (!was) return;
    if (waiting.size + members.size === 0) source.listen(false);
  }
  const beat = (at: number): HubHeartbeat => ({ ch: room, ...source.head(), at: new Date(at).toISOString() });

  return {
    async subscribe(socket, from) {
      waiting.add(socket);
      source.listen(true);
      const frame = await source.current();
      // Gone, or unsubscribed, while the frame was made.
      if (!waiting.has(socket)) return { ok: true };
      if (frame === undefined) {
        leave(socket);
        return { ok: false, error: { code: 'unavailable', message: unknown } };
      }
      // Snapshot first, then the room: with nothing in between, no frame is lost and none comes before it.
      const holdsIt = from.epoch === frame.epoch && from.seq === frame.seq;
      if (!holdsIt) {
        socket.emit('frame', { ...frame, kind: 'snapshot' });
        metrics.frames.inc();
      }
      metrics.resumes.inc({ answer: from.epoch === undefined ? 'first' : holdsIt ? 'held' : 'snapshot' });
      // The proof that this is all there is: without it, whoever resumes at the head would have to wait for the next one.
      socket.emit('heartbeat', beat(now()));
      waiting.delete(socket);
      members.add(socket);
      rooms.enter(socket, room);
      return { ok: true };
    },
    unsubscribe: (socket) => leave(socket),
    publish(frame) {
      if (framesSince >= framesPerLook || charactersSince > charactersPerLook) {
        findSlow();
        framesSince = charactersSince = 0;
      }
      metrics.skipped.inc(slow.size);
      metrics.frames.inc(members.size - slow.size);
      framesSince++;
      if (members.size > 0) charactersSince += rooms.send(room, 'frame', frame);
    },
    heartbeat(at) {
      if (members.size > 0) rooms.send(room, 'heartbeat', beat(at));
    },
  };
}
