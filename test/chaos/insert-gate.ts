import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { streams } from '@deskwire/contracts/subjects';
import { insertQueryId } from '@deskwire/ingest/append';
import type { Moment } from './plan.ts';

/** Waits at a moment of one insert; `strike` runs at exactly that moment, and the insert goes on when it resolves. */
export interface Trap {
  moment: Moment;
  /** Only for `during`: so long after the body was forwarded, unless the answer comes first. */
  delayMs: number;
  /** The engine does not notice that the worker's connection is gone, as behind a firewall that forgets silently. */
  deaf: boolean;
  /** `door`: whose insert it is. 'later' leaves the trap for the next insert. */
  strike: (door: number) => 'later' | Promise<void>;
}

export interface InsertGate {
  /** An address for each worker. */
  urls: string[];
  arm: (trap: Trap) => void;
  disarm: () => void;
  close: () => void;
}

/**
 * A transparent way from workers to ClickHouse on which faults can strike at a chosen moment of an insert. `start-up` is
 * a worker's first request of any kind.
 */
export async function createInsertGate({
  engineUrl,
  doors,
}: {
  engineUrl: string;
  doors: number;
}): Promise<InsertGate> {
  const engine = new URL(engineUrl);
  let armed: Trap | undefined;
  let deaf = false;

  let running = 0;
  const quiet: (() => void)[] = [];

  /** Springs the trap if it waits for this moment; resolves when the insert may go on. */
  async function reach(moment: Moment, door: number): Promise<void> {
    const trap = armed;
    if (trap?.moment !== moment) return;
    const struck = trap.strike(door);
    if (struck === 'later') return;
    armed = undefined;
    deaf = trap.deaf;
    await struck;
    // Into a pause of the other worker: the engine refuses a second insert while one runs, and only the condition a late one.
    if (moment === 'before' && running > 0) await new Promise<void>((resolve) => quiet.push(resolve));
  }

  function count(upstream: ClientRequest): void {
    running += 1;
    upstream.on('close', () => {
      running -= 1;
      if (running === 0) for (const resume of quiet.splice(0)) resume();
    });
  }

  async function pass(door: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    await reach('start-up', door);
    const target = new URL(request.url ?? '/', engine);
    const isInsert = target.searchParams.get('query_id') === insertQueryId(streams.events);
    if (isInsert) await reach('before', door);
    if (response.destroyed) return; // Its worker died and nothing was forwarded.
    const upstream = httpRequest({
      ...{ host: engine.hostname, port: engine.port, agent: false },
      ...{ method: request.method ?? 'GET', path: request.url ?? '/' },
      headers: endToEnd(request.headers),
    });
    let answered = false;
    upstream.on('error', () => response.destroy());
    response.on('close', () => {
      if (!response.writableFinished && !(isInsert && deaf)) upstream.destroy();
    });
    if (isInsert) {
      count(upstream);
      upstream.on('finish', () => {
        setTimeout(() => !answered && void reach('during', door), armed?.moment === 'during' ? armed.delayMs : 0);
      });
    }
    upstream.on('response', (answer) => {
      answered = true;
      const passed = endToEnd(answer.headers);
      answer.on('error', () => response.destroy());
      if (!isInsert) {
        response.writeHead(answer.statusCode ?? 502, passed);
        answer.pipe(response);
        return;
      }
      const body: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => body.push(chunk));
      answer.on('end', () => {
        void reach('after', door).then(() => {
          if (!response.destroyed) response.writeHead(answer.statusCode ?? 502, passed).end(Buffer.concat(body));
        });
      });
    });
    request.pipe(upstream);
  }

  const servers: Server[] = [];
  const urls: string[] = [];
  for (let door = 0; door < doors; door++) {
    const server = createServer({ maxHeaderSize: 2 ** 20, requestTimeout: 0 }, (request, response) => {
      void pass(door, request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    urls.push(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
    servers.push(server);
  }
  return {
    urls,
    arm: (trap) => {
      deaf = false;
      armed = trap;
    },
    disarm: () => (armed = undefined),
    close: () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** Without what belongs to one connection only. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}
