import { streams, subjects } from '@deskwire/contracts/subjects';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishOnce } from '../src/lib/server/publish-once';

let nats: TestNats;
let jsm: JetStreamManager;
const open: NatsConnection[] = [];

async function linkOf(service: 'web' | 'hub') {
  const nc = await connectNats(nats.env(service), service);
  open.push(nc);
  return { connection: () => nc, ask: <Answer>(call: () => Promise<Answer>) => call() };
}

beforeAll(async () => {
  nats = await startNats();
  const nc = await connect({ servers: nats.url, user: nats.user, pass: nats.password });
  open.push(nc);
  jsm = await nc.jetstreamManager();
});
afterAll(async () => {
  for (const nc of open) await nc.close();
  await nats.stop();
});

const bytes = Buffer.alloc(500, 'x');
const subject = (seq: number) => subjects.settlement('zendesk', `EVENTS.1.${seq}.0`);

it('publishes once, and says what refused it: a full stream, or a missing right', async () => {
  const link = await linkOf('web');
  expect(await publishOnce(link, subject(1), bytes)).toEqual({ sent: 'now' });
  expect(await publishOnce(link, subject(1), bytes)).toEqual({ sent: 'before' });
  const { config, state } = await jsm.streams.info(streams.events);
  await jsm.streams.update(streams.events, { ...config, max_bytes: state.bytes });
  const detail: unknown = expect.stringContaining('EVENTS takes no more');
  expect(await publishOnce(link, subject(2), bytes)).toEqual({ sent: 'no', refused: { full: true, detail } });
  const right: unknown = expect.stringContaining('may not publish events._settled.>');
  expect(await publishOnce(await linkOf('hub'), subject(2), bytes)).toEqual({
    ...{ sent: 'no', refused: { full: false, detail: right } },
  });
});
