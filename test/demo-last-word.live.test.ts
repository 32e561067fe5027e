import { removeDemo } from '@deskwire/connectors/demo/remove-demo';
import { demoSources } from '@deskwire/contracts/demo';
import { subjects } from '@deskwire/contracts/subjects';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilApplied } from './src/desk-history.ts';
import { keepStream } from './src/keep-stream.ts';
import type { Part } from './src/part.ts';
import { publishTickets } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let ingest: Part;
let desk: Part;
const heartbeats = subjects.event(demoSources[0], 'source.heartbeat');

beforeAll(async () => {
  world = await startWorld();
  desk = world.addDesk('desk', { DESK_LEASE_MS: '500' });
  ingest = world.addWorker('ingest', { env: { INGEST_LEASE_MS: '500' } });
  await ingest.start();
  await desk.start();
  await publishTickets(world.nc.jetstream(), 'before', 5);
  await untilApplied(world);
  await untilStored(world);
});
afterAll(() => world.close());

/** Begins a removal that waits for the desk. Answers once the last word is said. */
async function beginRemoval(): Promise<{ removal: Promise<void> }> {
  await desk.stop();
  const jsm = await world.nc.jetstreamManager();
  const doors = { js: world.nc.jetstream(), jsm, client: world.client, now: Date.now };
  const before = (await jsm.streams.info('EVENTS')).state.last_seq;
  const removal = removeDemo(doors, AbortSignal.timeout(90_000));
  removal.catch(() => undefined); // Awaited later.
  const said = async () => (await jsm.streams.getMessage('EVENTS', { last_by_subj: heartbeats })).seq;
  await expect.poll(() => said().catch(() => 0)).toBeGreaterThan(before);
  return { removal };
}

async function expectRemoved(removal: Promise<void>): Promise<void> {
  await removal;
  const jsm = await world.nc.jetstreamManager();
  const { state } = await jsm.streams.info('EVENTS', { subjects_filter: heartbeats });
  expect(state.subjects).toEqual({ [heartbeats]: 1 });
}

test('a removal says its last word again when EVENTS, made again meanwhile, has another message in its place', async () => {
  const { removal } = await beginRemoval();
  const jsm = await world.nc.jetstreamManager();
  await jsm.streams.delete('EVENTS');
  await world.provision();
  await publishTickets(world.nc.jetstream(), 'again', 8);
  await desk.start();
  await expectRemoved(removal);
}, 120_000);

test('a removal finds its last word in the epoch before, when EVENTS lost what came behind it', async () => {
  const { removal } = await beginRemoval();
  const putBack = await keepStream(world, 'EVENTS');
  await publishTickets(world.nc.jetstream(), 'lost', 5);
  await untilStored(world);
  await putBack();
  await publishTickets(world.nc.jetstream(), 'instead', 8);
  await untilStored(world);
  // The first floor that the ledger has of this desk is one of the new epoch.
  await ingest.stop();
  await desk.start();
  await untilApplied(world);
  await ingest.start();
  await expectRemoved(removal);
}, 120_000);
