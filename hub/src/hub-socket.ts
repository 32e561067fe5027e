import type { Frame, HubHeartbeat } from '@deskwire/contracts/hub-protocol';
import type { Actor } from '@deskwire/contracts/roles';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** One client's connection. What it says is parsed where it is heard; an acknowledgement is optional. */
export type HubSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>;
export type HubServer = Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>;

interface ClientEvents {
  subscribe: (message: unknown, ack?: unknown) => void;
  unsubscribe: (message: unknown, ack?: unknown) => void;
  command: (message: unknown, ack?: unknown) => void;
}

interface ServerEvents {
  frame: (frame: Frame) => void;
  heartbeat: (heartbeat: HubHeartbeat) => void;
}

interface SocketData {
  who: SignedIn;
}

/** Who a socket acts as, and which records that rests on: when one of them goes, so does the socket. */
export interface SignedIn {
  actor: Actor;
  grounds: Ground[];
  /** Unix time, ms; undefined for a bearer token, which lives until it is revoked. */
  expiresAt: number | undefined;
}

/** A KV record as it was read: `revision` tells a later change from the one that was already seen. */
export interface Ground {
  bucket: 'users' | 'sessions';
  key: string;
  revision: number;
}
