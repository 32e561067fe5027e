import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { demoLease } from '@deskwire/contracts/demo';
import { parseEnv } from '@deskwire/runtime/env';
import { serveHealth } from '@deskwire/runtime/health';
import { connectNats } from '@deskwire/runtime/nats';
import { runService } from '@deskwire/runtime/service';
import { demoEnv } from './demo/env.ts';
import { runDemo, type DemoState } from './demo/run-demo.ts';

/** Tables are rewritten and streams searched when the demo is removed. */
const removalTimeoutMs = 600_000;
const leaseMs = 4_000;

/** The process of the demo: it feeds, or removes everything once it is asked to, and then tells its parent. */
await runService('demo', async ({ log, onStop, fail }) => {
  const env = parseEnv(demoEnv, process.env);
  const nc = await connectNats(env, 'demo');
  onStop(() => nc.close());
  const js = nc.jetstream();
  const client = connectClickHouse(env, 'demo', removalTimeoutMs);
  onStop(() => client.close());
  const [config, cursors, leases] = await Promise.all([
    js.views.kv('config', { bindOnly: true }),
    js.views.kv('cursors', { bindOnly: true }),
    js.views.kv('leases', { bindOnly: true }),
  ]);
  const now = Date.now;
  let state: DemoState = 'standby';
  let since = new Date(now()).toISOString();
  const stop = new AbortController();
  const running = runDemo(
    {
      ...{ config, leases, log, now },
      lease: { key: demoLease, holder: `${hostname()}/${process.pid}`, ttlMs: leaseMs },
      wantedSince: env.DEMO_WANTED_SINCE,
      plan: {
        zone: env.TIME_ZONE,
        historyDays: env.DEMO_HISTORY_DAYS,
        ticketsOfWeekday: env.DEMO_TICKETS_PER_WEEKDAY,
      },
      feed: {
        ...{ cursors, log, now, jsm: await nc.jetstreamManager({ checkAPI: false }) },
        loginOf: (source) => ({
          ...env,
          NATS_USER: `source-${source}`,
          NATS_PASSWORD: env.DEMO_PASSWORDS[source],
        }),
      },
      removal: { js, client, now, jsm: await nc.jetstreamManager({ checkAPI: false, timeout: removalTimeoutMs }) },
      onState: (next) => {
        if (next !== state) since = new Date(now()).toISOString();
        state = next;
        if (next === 'removed') process.send?.({ demo: next });
      },
    },
    stop.signal,
  );
  running.catch(fail);
  onStop(async () => {
    stop.abort(new Error('the process is stopping'));
    // A removal that is under way is not waited for: it is begun again at the next start.
    await Promise.race([running.catch(() => undefined), sleep(2_000)]);
  });
  const health = await serveHealth({
    ...{ part: 'demo', host: env.BIND_HOST, port: env.DEMO_HEALTH_PORT, usualPort: 19_103, nc },
    check: () => ({ part: 'demo', ready: true, detail: state, since }),
  });
  onStop(health.close);
  log.info({ healthPort: health.port }, 'the demo is up');
});
