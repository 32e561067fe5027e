import type { Frame, HubHeartbeat } from '@deskwire/contracts/hub-protocol';
import type { HubSocket } from './hub-socket.ts';
import type { SocketApp } from './socket-app.ts';

/** Who hears what is sent to a channel. A connection that ends is in no room any more. */
export interface Rooms {
  enter: (socket: HubSocket, room: string) => void;
  leave: (socket: HubSocket, room: string) => void;
  /** Answers how many characters were sent to each member. */
  send: {
    (room: string, event: 'frame', frame: Frame): number;
    (room: string, event: 'heartbeat', heartbeat: HubHeartbeat): number;
  };
}

/**
 * Rooms as topics of uWebSockets.js. Socket.IO's own rooms are that as well, but look at each member of a room whenever something
 * is sent to it, for clients that poll (a tenth of the cost, measured); here nobody can poll.
 */
export function createRooms({ join, leave, publish }: Pick<SocketApp, 'join' | 'leave' | 'publish'>): Rooms {
  return {
    enter: (socket, room) => join(socket.conn.transport, room),
    leave: (socket, room) => leave(socket.conn.transport, room),
    // A message of Engine.IO (4) with an event of Socket.IO (2) in its main namespace.
    send: (room: string, event: string, data: Frame | HubHeartbeat) => {
      const text = `42${JSON.stringify([event, data])}`;
      publish(room, text);
      return text.length;
    },
  };
}
