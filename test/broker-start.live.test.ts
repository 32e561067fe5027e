import { setTimeout as sleep } from 'node:timers/promises';
import { buckets, streams } from '@deskwire/contracts/subjects';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishTickets } from './src/ticket-events.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('a kill -9 of nats-server in the middle of its start loses no stream and no message', async () => {
  await publishTickets(world.nc.jetstream(), 'kept', 200);
  await world.broker.kill();
  // Where in the start it strikes is the point here: from the first milliseconds to beyond its end.
  for (const afterMs of [10, 15, 20, 25, 30, 40, 50, 60, 80, 100]) {
    world.broker.start().catch(() => undefined);
    await sleep(afterMs);
    await world.broker.kill();
  }
  await world.broker.start();
  const jsm = await world.nc.jetstreamManager({ checkAPI: false });
  const names = async () =>
    (
      await jsm.streams
        .list()
        .next()
        .catch(() => [])
    ).map(({ config }) => config.name);
  const all = [...Object.values(streams), ...buckets.map((bucket) => `KV_${bucket}`)];
  await expect.poll(async () => (await names()).sort(), { timeout: 20_000 }).toEqual(all.sort());
  expect((await jsm.streams.info(streams.events)).state.messages).toBe(200);
});
