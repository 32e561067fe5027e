import { port } from '@deskwire/runtime/env';
import { z } from 'zod';
import { readChildEnv } from './env.ts';
import { openLightClient, type LightClient } from './light-client.ts';
import { clientsOrder, type ClientsState } from './start-clients.ts';

/** So many may be on their way at a time: a crowd at the door is another measurement. */
const openingMax = 100;
const lookMs = 5;

/** Thousands of clients as a process of its own, which does what its parent says. */
function serveClients(): void {
  const shape = { PORT: port(0), PROTOCOL: z.enum(['socket.io', 'bare']), TOKEN: z.string() };
  const { PORT, PROTOCOL, TOKEN } = readChildEnv(shape);
  const clients: LightClient[] = [];
  let wanted = 0;
  const state = (): ClientsState => ({
    frames: clients.reduce((sum, client) => sum + client.frames(), 0),
    upSince: clients.flatMap((client) => client.upSince() ?? []),
  });

  setInterval(() => {
    if (clients.length === wanted) return;
    const onTheirWay = clients.length - state().upSince.length;
    for (let i = onTheirWay; i < openingMax && clients.length < wanted; i++)
      clients.push(openLightClient({ port: PORT, protocol: PROTOCOL, token: TOKEN }));
  }, lookMs);
  process.on('message', (message) => {
    const order = clientsOrder.parse(message);
    if ('open' in order) wanted = order.open;
    else process.send?.(state());
  });
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: 'clients' });
}

serveClients();
