import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Moment, Step } from './plan.ts';

/** Waits at a moment of what the desk writes in one step; `strike` runs at exactly that moment, and the bytes go on when it resolves. */
export interface AppendTrap {
  moment: Moment;
  step: Step;
  /** Only for `during`: so long after the append was forwarded. */
  delayMs: number;
  /** `door`: whose append it is. 'later' leaves the trap for the next one. */
  strike: (door: number) => 'later' | Promise<void>;
}

export interface AppendGate {
  /** A port for each desk. */
  ports: number[];
  arm: (trap: AppendTrap) => void;
  disarm: () => void;
  close: () => void;
}

/** How a write of each step begins in the protocol of NATS; what is caught is the subject at which its answer is awaited. */
const writes: Record<Step, RegExp> = {
  ticket: /PUB tickets\.(?!_)\S+ (\S+) \d+/,
  conversation: /PUB conversation\.\S+ (\S+) \d+/,
  customer: /PUB \$KV\.customers\.\S+ (\S+) \d+/,
  floor: /PUB tickets\._floor (\S+) \d+/,
  lease: /PUB \$KV\.leases\.\S+ (\S+) \d+/,
};
const answers = /MSG (\S+) /g;

/**
 * A transparent way from desks to the broker on which faults can strike at a chosen moment of a write: before it is
 * forwarded, on its way, or answered and not yet told. `start-up` is a desk's first connection. A write whose first line is
 * torn apart by the connection is not seen: the next one is.
 */
export async function createAppendGate({ natsPort, doors }: { natsPort: number; doors: number }): Promise<AppendGate> {
  let armed: AppendTrap | undefined;
  /** Where the answers to writes of the armed step are awaited. */
  const awaited = new Set<string>();
  const open = new Set<Socket>();

  async function reach(moment: Moment, door: number): Promise<void> {
    const trap = armed;
    if (trap?.moment !== moment) return;
    const struck = trap.strike(door);
    if (struck === 'later') return;
    armed = undefined;
    await struck;
  }

  /** Hands on what `from` sends, in order; `look` may hold a chunk back. */
  function pipe(from: Socket, to: Socket, look: (chunk: Buffer) => Promise<void> | undefined): void {
    let last: Promise<void> = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const held = look(chunk);
      if (held !== undefined) from.pause();
      last = last
        .then(() => held)
        .then(() => {
          if (!to.destroyed) to.write(chunk);
          from.resume();
        });
    });
    from.on('error', () => to.destroy());
    from.on('close', () => void last.then(() => to.destroy()));
  }

  function pass(door: number, desk: Socket): void {
    const broker = connect(natsPort, '127.0.0.1');
    for (const socket of [desk, broker]) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    void reach('start-up', door);
    pipe(desk, broker, (chunk) => {
      if (armed === undefined) return undefined;
      const [, reply] = writes[armed.step].exec(chunk.toString('latin1')) ?? [];
      if (reply === undefined) return undefined;
      awaited.add(reply);
      if (armed.moment === 'during') setTimeout(() => void reach('during', door), armed.delayMs);
      return armed.moment === 'before' ? reach('before', door) : undefined;
    });
    pipe(broker, desk, (chunk) => {
      if (armed?.moment !== 'after') return undefined;
      const answered = chunk.toString('latin1').matchAll(answers);
      return [...answered].some(([, reply = '']) => awaited.has(reply)) ? reach('after', door) : undefined;
    });
  }

  const servers: Server[] = [];
  const ports: number[] = [];
  for (let door = 0; door < doors; door++) {
    const server = createServer((desk) => pass(door, desk));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    ports.push(typeof address === 'object' && address !== null ? address.port : 0);
    servers.push(server);
  }
  return {
    ports,
    arm: (trap) => {
      awaited.clear();
      armed = trap;
    },
    disarm: () => (armed = undefined),
    close: () => {
      for (const server of servers) server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
