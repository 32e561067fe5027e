import { streams } from '@deskwire/contracts/subjects';
import { freePort } from '@deskwire/supervisor/start-nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishTickets } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let port: number;

beforeAll(async () => {
  world = await startWorld();
  port = await freePort();
  await world.addWorker('ingest', { env: { INGEST_HEALTH_PORT: String(port) } }).start();
});
afterAll(() => world.close());

/** What Prometheus reads of a stream; undefined while nothing of it was stored. */
async function gauge(name: string, stream: string): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const [, value] = new RegExp(`^${name}\\{stream="${stream}"\\} (\\S+)$`, 'm').exec(text) ?? [];
  return value === undefined ? undefined : Number(value);
}

it('says up to when each stream is stored, by the time of the last stored message, and nothing of one that has none', async () => {
  const jsm = await world.nc.jetstreamManager();
  const js = world.nc.jetstream();
  for (const label of ['first', 'second']) {
    await publishTickets(js, label, 3);
    await untilStored(world);
    const { state } = await jsm.streams.info(streams.events);
    const { timestamp } = await jsm.streams.getMessage(streams.events, { seq: state.last_seq });
    const watermark = () => gauge('deskwire_ingest_watermark_seconds', streams.events);
    await expect.poll(watermark).toBeCloseTo(Date.parse(timestamp) / 1_000, 2);
  }
  expect(await gauge('deskwire_ingest_watermark_seconds', streams.tickets)).toBeUndefined();
});
