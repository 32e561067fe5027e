import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { readFlowReport } from '@deskwire/clickhouse/flow-report';
import { closings } from '@deskwire/contracts/hub-protocol';
import { createSignInLimit } from '@deskwire/contracts/sign-in-limit';
import { subjects } from '@deskwire/contracts/subjects';
import { answerHealth } from '@deskwire/runtime/health';
import { connectNats } from '@deskwire/runtime/nats';
import { runService } from '@deskwire/runtime/service';
import { alertsOfFlow, createNewestAlerts } from '@deskwire/streams/newest-alerts';
import { register } from 'prom-client';
import { createUnknownRoleAlert } from './alerts.ts';
import { createClientAddress } from './client-address.ts';
import { systemClock } from './clock.ts';
import { drain } from './drain.ts';
import { readHubEnv } from './env.ts';
import { createFlowChannel } from './flow-channel.ts';
import { createFlowTicker } from './flow-ticker.ts';
import { createIo, serveSockets } from './hub.ts';
import { startKpis } from './start-kpis.ts';
import { createMetrics } from './metrics.ts';
import { followRecords, watchLink } from './nats-link.ts';
import { createRecordStore, openBuckets } from './record-store.ts';
import { createRevocation } from './revocation.ts';
import { createRooms } from './rooms.ts';
import { createSignIn } from './sign-in.ts';
import { createSocketApp } from './socket-app.ts';
import { streamHeads } from './stream-heads.ts';

const readTimeoutMs = 5_000;
const heartbeatMs = 5_000;
const leaseTimeoutMs = 1_000;

void runService('hub', async ({ log, onStop }) => {
  const env = readHubEnv(process.env);
  const nc = await connectNats(env, 'hub');
  onStop(() => nc.close());
  const client = connectClickHouse(env, 'hub', readTimeoutMs);
  onStop(() => client.close());
  const buckets = await openBuckets(nc);
  const leases = await nc.jetstream({ timeout: leaseTimeoutMs }).views.kv('leases');

  const metrics = createMetrics(register, () => io.engine.clientsCount);
  const socketApp = createSocketApp({ tls: env.tls, onDropped: () => metrics.dropped.inc() });
  const io = createIo(socketApp, env.origins);

  const revocation = createRevocation();
  const records = followRecords(buckets, revocation, log);
  const link = watchLink(nc, records.restart);
  records.restart();
  onStop(records.stop);

  const streamHead = streamHeads(nc);
  const newestAlerts = createNewestAlerts(() => nc.jetstreamManager({ timeout: 2_000, checkAPI: false }), 10);
  const alerts = async () => alertsOfFlow(await newestAlerts());
  const ticker = createFlowTicker({
    read: () => readFlowReport({ client, streamHead, now: Date.now, zone: env.TIME_ZONE, alerts }),
    publish: (frame) => {
      flow.publish(frame);
      if (link().connected) nc.publish(subjects.liveFlow, JSON.stringify(frame.data));
    },
    beat: () => flow.heartbeat(Date.now()),
    onFailure: (error) => log.warn({ err: error }, 'no flow report'),
    epoch: randomBytes(8).toString('base64url'),
    clock: systemClock,
  });
  const doors = { rooms: createRooms(socketApp), bufferedBytes: socketApp.bufferedBytes, metrics, now: Date.now };
  const flow = createFlowChannel(ticker, doors);
  onStop(() => ticker.listen(false));

  const { kpi, ...kpiTicker } = startKpis({
    nc,
    isConnected: () => link().connected,
    client,
    streamHead,
    leases,
    zone: env.TIME_ZONE,
    doors,
    log,
  });
  onStop(kpiTicker.stop);
  nc.subscribe(subjects.ingestCommitted, {
    callback: () => {
      ticker.committed();
      kpiTicker.committed();
    },
  });

  const limit = createSignInLimit({ now: () => performance.now() });
  const onUnknownRole = createUnknownRoleAlert(nc, log, Date.now);
  const signIn = createSignIn({ store: createRecordStore(buckets), limit, onUnknownRole, now: Date.now });
  const addressOf = createClientAddress({ header: env.ADDRESS_HEADER, depth: env.XFF_DEPTH });
  serveSockets({ io, origins: env.origins, signIn, addressOf, revocation, live: { flow, kpi }, metrics });

  const beat = setInterval(() => {
    flow.heartbeat(Date.now());
    kpi.heartbeat(Date.now());
    revocation.expire(Date.now());
  }, heartbeatMs);
  onStop(() => clearInterval(beat));

  const health = answerHealth({
    part: 'hub',
    nc,
    check: () => {
      const { connected, since } = link();
      const detail = connected
        ? `serving ${io.engine.clientsCount} sockets`
        : 'NATS does not answer: nobody can sign in';
      return { part: 'hub', ready: connected, detail, since: since.toISOString() };
    },
  });
  onStop(health.close);
  const port = await socketApp.listen(env.BIND_HOST, env.HUB_PORT, health.answer);
  onStop(async () => {
    socketApp.stopListening();
    await drain([...io.of('/').sockets.values()], {
      close: (socket) => socketApp.end(socket.conn.transport, closings.draining),
      random: Math.random,
      sleep,
    });
    await io.close();
  });
  log.info({ port, origins: env.origins }, 'hub listens');
});
