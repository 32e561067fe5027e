import { subjects } from '@deskwire/contracts/subjects';
import { startHub } from '@deskwire/hub/testing/start-hub';
import { makeToken, openClient, until } from '@deskwire/hub/testing/test-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdsMark } from './src/marks.ts';
import { flawedEvents, markedEvents } from './src/marked-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.close());

test('what an analyst is sent holds nothing personal, byte by byte, and the same search finds it where it was published', async () => {
  const [worker, desk] = [world.addWorker('ingest'), world.addDesk('desk')];
  await Promise.all([worker.start(), desk.start()]);
  const { NATS_URL, NATS_USER = '', NATS_PASSWORD = '' } = world.natsLoginOf('hub');
  const hub = await startHub({ ...world.clickhouse, NATS_URL, NATS_USER, NATS_PASSWORD });
  const analyst = openClient(hub.url, (await makeToken(world.nc, 'analyst')).token);
  const heard: Buffer[] = [];
  try {
    await until(() => analyst.socket.connected, 30_000);
    analyst.socket.io.engine.on('message', (data) => heard.push(Buffer.from(String(data))));
    for (const ch of ['flow', 'kpi:all', 'kpi:team:billing']) await analyst.join(ch);

    const published = [...markedEvents('zendesk', 1), ...flawedEvents('zendesk', 2)].map((event) =>
      Buffer.from(JSON.stringify(event)),
    );
    const js = world.nc.jetstream();
    for (const bytes of published)
      await js.publish(subjects.batch('zendesk'), Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]));
    const { totals } = await untilStored(world);
    await until(() => heard.some((bytes) => bytes.includes(`"received":${totals.received}`)), 60_000);
    await until(() => (analyst.last('kpi:all')?.kpis.created?.n ?? 0) > 0 || analyst.frames.length > 20, 60_000);

    expect(published.filter(holdsMark).length).toBeGreaterThan(10);
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.filter(holdsMark).map(String)).toEqual([]);
  } finally {
    analyst.socket.disconnect();
    await hub.stop();
  }
}, 300_000);
