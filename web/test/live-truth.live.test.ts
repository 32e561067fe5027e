import { readFlowReport } from '@deskwire/clickhouse/flow-report';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { today } from '@deskwire/clickhouse/kpi/kpi-range';
import { readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import { frame, hubHeartbeat, subscribeAck } from '@deskwire/contracts/hub-protocol';
import { kpiFrame, kpiNames, type KpiAnswers, type KpiFrame } from '@deskwire/contracts/kpi';
import { startDeskLedger } from '@deskwire/hub/testing/start-desk-ledger';
import { startHub, type RunningHub } from '@deskwire/hub/testing/start-hub';
import { makeToken, until } from '@deskwire/hub/testing/test-client';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { NatsConnection } from 'nats';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChannelFollower, type LinkState } from '../src/lib/live/channel-follower';

let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startDeskLedger>>;
let operator: NatsConnection;
let hubEnv: Record<string, string>;
const hubs: RunningHub[] = [];

beforeAll(async () => {
  nats = await startNats();
  ledger = await startDeskLedger(nats);
  operator = await connectNats(nats.env('operator'), 'operator');
  await ledger.open('billing', 3);
  // Fixed, and below the range of client ports: a hub comes back on the same one.
  const HUB_PORT = String(20_000 + Math.floor(Math.random() * 10_000));
  hubEnv = { ...nats.env('hub'), ...ledger.env, HUB_PORT };
  hubs.push(await startHub(hubEnv), await startHub({ ...hubEnv, HUB_PORT: '0' }));
}, 120_000);
afterAll(async () => {
  await operator.close();
  await Promise.all(hubs.map((hub) => hub.stop()));
  await Promise.all([ledger.stop(), nats.stop()]);
});

/** What a page does, over a real socket: the same follower, with the socket of a program. */
function openPage(url: string, token: string) {
  let link: LinkState = { state: 'connecting' };
  let shown: KpiFrame | undefined;
  const socket = io(url, {
    ...{ transports: ['websocket'], forceNew: true, auth: { token } },
    ...{ reconnectionDelay: 400, reconnectionDelayMax: 1_200 },
  });
  const follower = createChannelFollower<KpiFrame>(
    {
      subscribe: async ({ epoch, seq }) =>
        subscribeAck.parse(
          await socket
            .timeout(6_000)
            .emitWithAck('subscribe', epoch === undefined ? { ch: 'kpi:all' } : { ch: 'kpi:all', epoch, seq }),
        ),
      unsubscribe: () => socket.emit('unsubscribe', { ch: 'kpi:all' }),
      reconnect: () => socket.io.engine.close(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    },
    { onFrame: (next) => (shown = next.data), onLink: (next) => (link = next) },
  );
  socket.on('connect', follower.connected);
  socket.on('disconnect', () => follower.lost());
  socket.on('connect_error', () => follower.lost());
  socket.on('frame', (message) => follower.frame(frame.extend({ data: kpiFrame }).parse(message)));
  socket.on('heartbeat', (message) => follower.heartbeat(hubHeartbeat.parse(message)));
  return {
    isLive: () => link.state === 'connected',
    figures: () => figures(shown?.kpis),
    /** As when the network goes: nobody says goodbye. */
    cut: () => socket.io.engine.close(),
    close: () => {
      follower.close();
      socket.disconnect();
    },
  };
}
async function ofApi(): Promise<unknown> {
  const jsm = await operator.jetstreamManager();
  const streamHead = async (name: string) => ({ lastSeq: (await jsm.streams.info(name)).state.last_seq });
  const flow = await readFlowReport({ client: ledger.client, streamHead, now: Date.now, zone: 'UTC' });
  const range = today(Date.parse(flow.at), 'UTC');
  return figures(await readKpiAnswers(openKpiDoor(ledger.client), { names: kpiNames, range, flow }));
}
const figures = (answers: KpiAnswers | undefined) =>
  Object.entries(answers ?? {}).map(([name, { value, n, business }]) => ({ name, value, n, business }));
/** A machine with more to do takes longer than the API gives a question; it is asked again. */
const busy = () => 'no answer';
/** From the moment that the new hub listens; clients wait up to 1.2 s between two tries. */
const backWithinMs = 2_000;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

it('shows what the API answers after 50 cuts in mid-stream, a hub that is killed and a hub that is replaced', async () => {
  const { token } = await makeToken(operator, 'analyst');
  const page = openPage(hubs[0]?.url ?? '', token);
  try {
    await until(page.isLive, 60_000);
    for (let cut = 0; cut < 50; cut += 1) {
      if (cut % 5 === 0) await ledger.open(cut % 2 === 0 ? 'billing' : 'sales');
      else ledger.commit();
      page.cut();
      expect(page.isLive()).toBe(false);
      if (cut % 10 === 9) await until(page.isLive, 30_000);
    }
    await until(async () => page.isLive() && same(page.figures(), await ofApi().catch(busy)), 60_000);

    await hubs[0]?.stop('SIGKILL');
    await until(() => !page.isLive());
    await ledger.open('billing', 2);
    hubs[0] = await startHub(hubEnv);
    await until(async () => page.isLive() && same(page.figures(), await ofApi().catch(busy)), 60_000);

    await hubs[0].stop('SIGTERM');
    await ledger.open('sales', 2);
    hubs[0] = await startHub(hubEnv);
    await until(async () => page.isLive() && same(page.figures(), await ofApi().catch(busy)), 60_000);
  } finally {
    page.close();
  }
}, 300_000);

it('brings 200 pages back within 2 s of a hub that was killed and replaced, all with what the API answers', async () => {
  const { token } = await makeToken(operator, 'analyst');
  const pages = Array.from({ length: 200 }, () => openPage(hubs[0]?.url ?? '', token));
  try {
    await until(() => pages.every((page) => page.isLive()), 60_000);
    await hubs[0]?.stop('SIGKILL');
    await until(() => pages.every((page) => !page.isLive()));
    await ledger.open('billing', 5);
    let truth: unknown;
    await until(async () => (truth = await ofApi().catch(busy)) !== busy(), 60_000);
    hubs[0] = await startHub(hubEnv);
    await until(() => pages.every((page) => page.isLive() && same(page.figures(), truth)), backWithinMs);
  } finally {
    for (const page of pages) page.close();
  }
}, 120_000);
