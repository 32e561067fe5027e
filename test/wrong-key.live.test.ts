import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWatchdog } from '@deskwire/supervisor/watchdog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEnginePart } from './src/engine-part.ts';
import { createServicePart } from './src/service-part.ts';
import { acceptedOf } from './src/ledger-rows.ts';
import { publishTickets } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const wrong = Buffer.alloc(32, 8);
const watchdog = createWatchdog();

beforeAll(async () => {
  world = await startWorld();
  const worker = world.addWorker('ingest');
  await worker.start();
  await publishTickets(world.nc.jetstream(), 'before', 20);
  await untilStored(world);
  await worker.stop();
});
afterAll(async () => {
  watchdog.close();
  await world.close();
});

/** What a process complained about, in lines. */
const complaints = (logFile: string) =>
  readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !/"level":[1-3]0,/.test(line));

test('ingest with another master key stops with one clear line and harms nothing', async () => {
  const keys = async () => (await (await world.nc.jetstreamManager()).streams.info('KV_keys')).state;
  const before = await keys();
  const logFile = join(world.logDir, 'wrong-ingest.log');
  const nats = world.natsLoginOf('ingest');
  const service = { name: 'stranger', main: 'ingest/src/main.ts' };
  const stranger = createServicePart({
    ...service,
    clickhouse: world.clickhouse,
    nats,
    masterKey: wrong,
    logFile,
    watchdog,
  });
  await expect(stranger.start()).rejects.toThrow(/exit code/);
  expect(complaints(logFile)).toEqual([expect.stringMatching(/MASTER_KEY is not the one/)]);
  expect((await keys()).last_seq).toBe(before.last_seq);

  const worker = world.addWorker('ingest-again');
  await worker.start();
  await publishTickets(world.nc.jetstream(), 'before', 20);
  await publishTickets(world.nc.jetstream(), 'after', 20);
  expect(await untilStored(world)).toMatchObject({ state: 'complete', totals: { accepted: 40, duplicate: 20 } });
  await worker.stop();
});

test('the engine with another master key stops with one clear line, and opens again with its own', async () => {
  await world.engine.stop();
  const logFile = join(world.logDir, 'wrong-engine.log');
  const port = Number(new URL(world.clickhouse.CLICKHOUSE_URL).port);
  const { part } = createEnginePart({ dataDir: world.dataDir, port, masterKey: wrong, logFile, watchdog });
  await expect(part.start()).rejects.toThrow(/exit code/);
  expect(complaints(logFile)).toEqual([expect.stringMatching(/key/i)]);
  await world.engine.start();
  expect(await acceptedOf(world.client, 'before')).toBe(20);
});
