import { closings, type Closing, type Frame, type HubHeartbeat } from '@deskwire/contracts/hub-protocol';
import type { HubSocket } from './hub-socket.ts';
import type { ChannelDoors, LiveChannel } from './latest-channel.ts';

/** Unread bytes at which a socket is closed: above what spares it whole frames, below where the server would lose messages. */
const closeAboveBytes = 512 * 1024;
/** Deltas kept for those who come back; who was away for longer gets a snapshot. */
const replayMax = 500;

/** The state of a channel as of one of its deltas. */
export interface ChannelState {
  epoch: Frame['epoch'];
  seq: number;
  data: unknown;
}

/**
 * A channel whose deltas are never dropped: a socket that does not keep up is closed, with a code, and resumes. Whoever
 * subscribes gets all deltas since their position or a snapshot, never a part.
 */
export function createSequencedChannel({
  room,
  read,
  unknown,
  end,
  doors: { rooms, bufferedBytes, metrics, now },
}: {
  room: string;
  /** The whole state, not older than the last delta before the call; undefined when it cannot be read. */
  read: () => Promise<ChannelState | undefined>;
  /** What a listener is told when it cannot. */
  unknown: string;
  end: (transport: object, closing: Closing) => void;
  doors: ChannelDoors;
}): LiveChannel & { publish: (delta: Frame) => void } {
  const members = new Set<HubSocket>();
  const waiting = new Set<HubSocket>();
  let kept: Frame[] = [];

  const head = () => kept.at(-1);
  const beat = (state: Pick<ChannelState, 'epoch' | 'seq'>): HubHeartbeat => ({
    ...{ ch: room, epoch: state.epoch, head: state.seq, at: new Date(now()).toISOString() },
  });
  /** All deltas after a position; undefined when the first of them is no longer kept. */
  function since({ epoch, seq }: Pick<ChannelState, 'epoch' | 'seq'>): Frame[] | undefined {
    const [first] = kept;
    return first !== undefined && first.epoch === epoch && first.prev <= seq
      ? kept.filter((delta) => delta.seq > seq)
      : undefined;
  }

  function enter(socket: HubSocket, frames: Frame[], at: Pick<ChannelState, 'epoch' | 'seq'>): void {
    for (const frame of frames) socket.emit('frame', frame);
    metrics.frames.inc(frames.length);
    socket.emit('heartbeat', beat(frames.at(-1) ?? at));
    members.add(socket);
    rooms.enter(socket, room);
  }
  function leave(socket: HubSocket): void {
    waiting.delete(socket);
    if (members.delete(socket)) rooms.leave(socket, room);
  }

  return {
    async subscribe(socket, { epoch, seq }) {
      const position = epoch === undefined || seq === undefined ? undefined : { epoch, seq };
      const missed = position === undefined ? undefined : since(position);
      if (position !== undefined && missed !== undefined) {
        metrics.resumes.inc({ answer: missed.length === 0 ? 'held' : 'replay' });
        enter(socket, missed, position);
        return { ok: true };
      }
      waiting.add(socket);
      const before = head()?.epoch;
      const state = await read();
      // Gone, or unsubscribed, while it was read.
      if (!waiting.delete(socket)) return { ok: true };
      // What came while it was read follows it; when that is no longer kept, or of a new epoch, the next try is right.
      const isOther = head()?.epoch !== state?.epoch && head()?.epoch === before;
      const later = state === undefined || isOther ? [] : since(state);
      if (state === undefined || later === undefined) {
        return { ok: false, error: { code: 'unavailable', message: unknown } };
      }
      metrics.resumes.inc({ answer: position === undefined ? 'first' : 'snapshot' });
      const at = new Date(now()).toISOString();
      enter(socket, [{ ch: room, ...state, prev: 0, kind: 'snapshot', at }, ...later], state);
      return { ok: true };
    },
    unsubscribe: (socket) => leave(socket),
    publish(delta) {
      if (head()?.epoch !== delta.epoch) kept = [];
      kept = [...kept.slice(1 - replayMax), delta];
      for (const socket of [...members]) {
        if (bufferedBytes(socket.conn.transport) <= closeAboveBytes) continue;
        leave(socket);
        end(socket.conn.transport, closings.slow);
        metrics.closed.inc({ reason: closings.slow.reason });
      }
      metrics.frames.inc(members.size);
      if (members.size > 0) rooms.send(room, 'frame', delta);
    },
    heartbeat() {
      const last = head();
      if (members.size > 0 && last !== undefined) rooms.send(room, 'heartbeat', beat(last));
    },
  };
}
