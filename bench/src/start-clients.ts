import { z } from 'zod';
import { startChild } from './child.ts';
import type { Wire } from './light-client.ts';

/** What the process with the clients is told: how many there are to be, or to say how they are. */
export const clientsOrder = z.union([z.object({ open: z.number().int() }), z.object({ ask: z.literal(true) })]);
/** Frames that all clients together have had, and since when (Unix ms) those are up that are. */
const clientsState = z.object({ frames: z.number(), upSince: z.array(z.number()) });
export type ClientsState = z.infer<typeof clientsState>;

export interface Clients {
  /** Opens so many; resolves when each is subscribed and holds a frame. */
  open: (count: number) => Promise<void>;
  state: () => Promise<ClientsState>;
  /** Resolves with the state in which so many are up, or with what it was when the patience ended. */
  untilUp: (count: number) => Promise<ClientsState>;
  stop: () => Promise<void>;
}

const lookMs = 50;
const patienceMs = 60_000;

/** Light clients of one server, as a process of their own. */
export async function startClients({ port, protocol, token }: Wire): Promise<Clients> {
  const child = startChild({
    file: 'bench/src/light-clients.ts',
    env: { PORT: String(port), PROTOCOL: protocol, TOKEN: token },
  });
  await child.ready;
  let answered: ((state: ClientsState) => void) | undefined;
  child.onMessage((message) => answered?.(clientsState.parse(message)));

  function state(): Promise<ClientsState> {
    const answer = new Promise<ClientsState>((resolve) => (answered = resolve));
    child.send({ ask: true });
    return Promise.race([answer, child.failed]);
  }
  async function untilUp(count: number): Promise<ClientsState> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const now = await state();
      if (now.upSince.length >= count || performance.now() > deadline) return now;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
  return {
    state,
    untilUp,
    open: async (count) => {
      child.send({ open: count });
      const { upSince } = await untilUp(count);
      if (upSince.length < count) throw new Error(`only ${upSince.length} of ${count} clients could subscribe`);
    },
    stop: child.stop,
  };
}
