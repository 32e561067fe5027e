import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Moment } from './plan.ts';

/** Waits at a moment of an append to TICKETS; `strike` runs at exactly that moment, and the bytes go on when it resolves. */
export interface AppendTrap {
  moment: Moment;
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

/** A state is published with the header of its expected sequence, and the broker's answer names the stream. */
const append = Buffer.from('HPUB tickets.');
const answer = Buffer.from('"stream":"TICKETS"');

/**
 * A transparent way from desks to the broker on which faults can strike at a chosen moment of an append: before it is
 * forwarded, on its way, or answered and not yet told. `start-up` is a desk's first connection.
 */
export async function createAppendGate({ natsPort, doors }: { natsPort: number; doors: number }): Promise<AppendGate> {
  let armed: AppendTrap | undefined;
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
      if (!chunk.includes(append)) return undefined;
      if (armed?.moment === 'during') setTimeout(() => void reach('during', door), armed.delayMs);
      return armed?.moment === 'before' ? reach('before', door) : undefined;
    });
    pipe(broker, desk, (chunk) =>
      armed?.moment === 'after' && chunk.includes(answer) ? reach('after', door) : undefined,
    );
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
    arm: (trap) => (armed = trap),
    disarm: () => (armed = undefined),
    close: () => {
      for (const server of servers) server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
