import { streams } from '@deskwire/contracts/subjects';
import { linesOf } from '@deskwire/ingest/self-check/finding';
import { runSelfCheck } from '@deskwire/ingest/self-check/run-self-check';
import { connectNats } from '@deskwire/runtime/nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishTickets } from './src/ticket-events.ts';
import { publishTicket, ticketMessage } from './src/ticket-messages.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const checks = 3;

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
});
afterAll(() => world.close());

test('says nothing of a system at work', async () => {
  const desk = await connectNats(world.natsLoginOf('workflows'), 'workflows');
  const jsm = await world.nc.jetstreamManager();
  const doors = { client: world.client, js: world.nc.jetstream(), jsm, now: Date.now };
  const check = async () => linesOf(await runSelfCheck(doors, AbortSignal.timeout(30_000)));
  const working = new AbortController();
  const load = (async () => {
    for (let version = 1; !working.signal.aborted; version++) {
      const messages = Array.from({ length: 40 }, (_, i) => ticketMessage({ id: `busy-${i}`, version }));
      await Promise.all(messages.map((message) => publishTicket(desk.jetstream(), message)));
      await publishTickets(world.nc.jetstream(), `busy-${version}`, 20);
    }
  })();
  const said: string[] = [];
  for (let i = 0; i < checks; i++) said.push(...(await check()));
  working.abort();
  await load;
  await untilStored(world, 45_000, streams.tickets);
  expect([...said, ...(await check())]).toEqual([]);
  await desk.close();
});
