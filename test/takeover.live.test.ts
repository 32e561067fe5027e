import { subjects } from '@deskwire/contracts/subjects';
import { retireSources } from '@deskwire/supervisor/retire-sources';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedOf } from './src/ledger-rows.ts';
import { publishTickets, ticketEvent } from './src/ticket-events.ts';
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

test('what a source has sent and did not arrive is missing at its second heartbeat, whoever counts, until it comes', async () => {
  const js = world.nc.jetstream();
  const source = 'salesforce/emea';
  let beats = 0;
  const beat = (sent: number) => {
    const time = new Date().toISOString();
    const data = { cursor: '', sent_count: sent, interval_s: 3_600 };
    const event = { specversion: '1.0', id: `beat-${beats++}`, source, type: 'source.heartbeat', time, data };
    return js.publish(subjects.event('salesforce', event.type), JSON.stringify(event));
  };
  const send = (...ids: string[]) =>
    js.publish(subjects.batch('salesforce'), JSON.stringify(ids.map((id) => ticketEvent(id, { source }))));
  const told = async () => {
    const { sources, state, why } = await untilStored(world);
    return { state, why, missing: sources.find((one) => one.source === source)?.missing };
  };
  const [worker, standby] = [world.addWorker('counts'), world.addWorker('counts-too')];
  await worker.start();
  await beat(1_000);
  await send('a', 'b', 'c');
  await beat(1_005);
  expect((await told()).missing).toBeUndefined();
  await send('d');
  await untilStored(world);
  await worker.kill();
  await standby.start();
  await beat(1_006);
  const { missing, ...verdict } = await told();
  expect(verdict).toEqual({ state: 'incomplete', why: `${source} says that it has sent 2 events more than arrived` });
  expect(missing?.events).toBe(2);
  await send('late-1', 'late-2');
  await beat(1_006);
  expect((await told()).missing).toBeUndefined();

  expect(await retireSources({ js, client: world.client, now: Date.now }, 'salesforce')).toEqual([source]);
  const stateOf = async () => (await untilStored(world)).sources.find((one) => one.source === source)?.state;
  expect(await stateOf()).toBe('retired');
  expect(await retireSources({ js, client: world.client, now: Date.now }, 'salesforce')).toEqual([]);
  await send('back');
  expect(await stateOf()).toBe('live');
  await standby.stop();
});
