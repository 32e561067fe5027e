import { runQuery } from '@deskwire/clickhouse/query';
import { ticketRows } from '@deskwire/clickhouse/ticket-query';
import { subjects } from '@deskwire/contracts/subjects';
import { startHub } from '@deskwire/hub/testing/start-hub';
import { makeToken, openClient, until } from '@deskwire/hub/testing/test-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWeb, startWeb } from '../web/test/start-web.ts';
import { holdsMark } from './src/marks.ts';
import { flawedEvents, markedEvents } from './src/marked-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
beforeAll(async () => {
  [world] = await Promise.all([startWorld(), buildWeb()]);
}, 240_000);
afterAll(() => world.close());

/** What the API answers of a ticket to a token, as it came. */
async function askTicket(url: string, id: string, token: string): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(`${url}/api/v1/tickets/${id}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

test('what an analyst is sent holds nothing personal, byte by byte, and the same search finds it in what an agent is answered', async () => {
  const [worker, desk] = [world.addWorker('ingest'), world.addDesk('desk')];
  await Promise.all([worker.start(), desk.start()]);
  const loginOf = (service: 'hub' | 'web') => {
    const { NATS_URL, NATS_USER = '', NATS_PASSWORD = '' } = world.natsLoginOf(service);
    return { ...world.clickhouse, NATS_URL, NATS_USER, NATS_PASSWORD };
  };
  const hub = await startHub(loginOf('hub'));
  const web = await startWeb({ ...loginOf('web'), MASTER_KEY: world.masterKey.toString('base64') });
  const { token } = await makeToken(world.nc, 'analyst');
  const analyst = openClient(hub.url, token);
  const heard: Buffer[] = [];
  try {
    await until(() => analyst.socket.connected, 30_000);
    analyst.socket.io.engine.on('message', (data) => heard.push(Buffer.from(String(data))));
    for (const ch of ['flow', 'kpi:all', 'kpi:team:billing']) await analyst.join(ch);

    // Of today: the figures of other days are not in a frame.
    const now = new Date().toISOString();
    const published = [...markedEvents('zendesk', 1, now), ...flawedEvents('zendesk', 2, now)].map((event) =>
      Buffer.from(JSON.stringify(event)),
    );
    const js = world.nc.jetstream();
    for (const bytes of published)
      await js.publish(subjects.batch('zendesk'), Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]));
    const { totals } = await untilStored(world);
    await until(() => heard.some((bytes) => bytes.includes(`"received":${totals.received}`)), 60_000);
    await until(() => (analyst.last('kpi:all')?.kpis.created?.n ?? 0) > 0, 60_000);

    expect(published.filter(holdsMark).length).toBeGreaterThan(10);
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.filter(holdsMark).map(String)).toEqual([]);

    const id = 'zendesk~T1';
    const teams: string[] = [];
    await until(async () => {
      const [row] = await runQuery(world.client, ticketRows, { id, whole: 1, limit: 1 });
      if (typeof row?.team === 'string') teams.push(row.team);
      return teams.length > 0;
    }, 60_000);
    const agent = await makeToken(world.nc, 'agent', teams);
    const answered = await askTicket(web.url, id, agent.token);
    expect([answered.status, holdsMark(answered.bytes)]).toEqual([200, true]);
    const refused = await askTicket(web.url, id, token);
    expect([refused.status, holdsMark(refused.bytes)]).toEqual([403, false]);
  } finally {
    analyst.socket.disconnect();
    await Promise.all([hub.stop(), web.stop()]);
  }
}, 300_000);
