import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedOf } from './src/ledger-rows.ts';
import { publishTickets } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const events = 400;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('duplicates are recognised after a restart of ingest, and by a second worker that takes over', async () => {
  const js = world.nc.jetstream();
  const env = { INGEST_LEASE_MS: '1000' };
  const [one, two] = [world.addWorker('ingest-one', { env }), world.addWorker('ingest-two', { env })];
  const again = async (times: number) => {
    await publishTickets(js, 'copied', events);
    expect((await untilStored(world)).totals).toMatchObject({
      accepted: events,
      duplicate: times * events,
      balanced: true,
    });
    expect(await acceptedOf(world.client, 'copied')).toBe(events);
  };
  await one.start();
  await again(0);

  await one.kill();
  await one.start();
  await again(1);

  await two.start();
  await one.kill();
  await again(2);

  // The first one knows the ledger as it was before the other wrote to it.
  await one.start();
  await publishTickets(js, 'new', events);
  await untilStored(world);
  await two.kill();
  await publishTickets(js, 'new', events);
  expect((await untilStored(world)).totals).toMatchObject({ accepted: 2 * events, duplicate: 3 * events, rejected: 0 });
});
