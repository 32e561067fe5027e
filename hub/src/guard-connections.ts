import type { IncomingHttpHeaders } from 'node:http';
import { createConnectionLimit } from './connection-limit.ts';
import type { HubServer } from './hub-socket.ts';
import { createMessageBudget } from './message-budget.ts';
import type { HubMetrics } from './metrics.ts';
import { refusalOf } from './refusal.ts';

/**
 * What holds for a connection before and beside its socket, because Socket.IO hears much that no socket does: only so many of one
 * address, one sign-in each, and one budget for everything that is said, whatever it is called.
 */
export function guardConnections({
  engine,
  addressOf,
  metrics,
}: {
  engine: HubServer['engine'];
  /** Of a connection, by its headers and its peer. */
  addressOf: (headers: IncomingHttpHeaders, peer: string) => string;
  metrics: HubMetrics;
}) {
  const limit = createConnectionLimit();
  const guarded = new WeakMap<object, Guarded>();

  engine.on('connection', (connection: EngineConnection) => {
    const address = addressOf(connection.request.headers, connection.remoteAddress);
    const isOneTooMany = !limit.enter(address);
    const state: Guarded = { isIntroduced: false, isOver: false };
    guarded.set(connection, state);
    connection.once('close', () => {
      limit.leave(address);
      if (!state.isIntroduced && !isOneTooMany) metrics.refused.inc({ reason: 'no-sign-in' });
    });
    if (isOneTooMany) turnAway(connection);
    else keepWithinBudget(connection, state);
  });

  /** Before it says a word: whoever means no harm hears why, and nobody holds a connection by saying nothing. */
  function turnAway(connection: EngineConnection): void {
    metrics.refused.inc({ reason: 'too-many-connections' });
    connection.write(`${connectError}${JSON.stringify(refusalOf('too-many-connections'))}`);
    connection.close();
  }

  function keepWithinBudget(connection: EngineConnection, state: Guarded): void {
    const budget = createMessageBudget(() => performance.now());
    connection.on('packet', () => {
      const verdict = budget();
      state.isOver = verdict !== 'serve';
      if (state.isOver) metrics.refusedMessages.inc({ reason: 'too-many' });
      if (verdict === 'close') connection.close();
    });
  }

  return {
    /** False: it has signed in or tried to before, and is closed. The clients of Socket.IO make a new connection for each try. */
    introduce(connection: Pick<EngineConnection, 'close'>): boolean {
      const state = guarded.get(connection);
      if (state?.isIntroduced === false) return (state.isIntroduced = true);
      metrics.refused.inc({ reason: 'signed-in-before' });
      connection.close();
      return false;
    },
    /** Whether its newest message is beyond its budget; uWebSockets.js brings the next one when this one was handled. */
    isOver: (connection: object): boolean => guarded.get(connection)?.isOver ?? false,
  };
}

interface Guarded {
  isIntroduced: boolean;
  isOver: boolean;
}

interface EngineConnection {
  request: { headers: IncomingHttpHeaders };
  remoteAddress: string;
  once: (event: 'close', run: () => void) => void;
  on: (event: 'packet', run: () => void) => void;
  write: (packet: string) => void;
  close: () => void;
}

/** A packet of Socket.IO that says why a socket is refused begins with this. */
const connectError = '4';
