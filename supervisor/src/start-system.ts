import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { migrate } from '@deskwire/clickhouse/migrate';
import { publicOrigins } from '@deskwire/contracts/public-origins';
import type { Log } from '@deskwire/runtime/log';
import { connectNats } from '@deskwire/runtime/nats';
import { deriveKey } from '@deskwire/vault/master-key';
import { startBroker } from './broker.ts';
import { claimDataDir, demoMode, stoppingNote } from './data-dir.ts';
import { endDemo, issueDemoLogins } from './demo.ts';
import { isLoopback, type SupervisorEnv } from './env.ts';
import { firstPeople } from './first-people.ts';
import { issueCredentials, keepCredentials } from './issue-credentials.ts';
import { createRunRecord, stopLeftovers } from './leftovers.ts';
import { openMasterKey } from './master-key.ts';
import { describeParts } from './parts.ts';
import { requireFreePorts } from './ports.ts';
import { provisionStreams, watchStreams } from './provision-streams.ts';
import { untilReady } from './until-ready.ts';
import { createWatchdog } from './watchdog.ts';

export interface StartOptions {
  env: SupervisorEnv;
  inherited: NodeJS.ProcessEnv;
  /** Absolute. */
  dataDir: string;
  log: Log;
  /** One line for the person who started us. */
  say: (line: string) => void;
  /** Run backwards on stop. */
  onStop: (close: () => unknown) => void;
  /** Aborts when we are asked to stop in the middle of the start. */
  signal: AbortSignal;
}

export interface StartedSystem {
  /** Address of the web app. */
  url: string;
  /** How the first people sign in, in lines to print; none when there is nothing new to say. */
  signIn: string[];
}

/**
 * Starts everything in the order in which data flows and answers once every part says it is ready. Throws StartRefused before anything was started, ChildFailed when a part does not come up.
 */
export async function startSystem({
  env,
  inherited,
  dataDir,
  log,
  say,
  onStop,
  signal,
}: StartOptions): Promise<StartedSystem> {
  const { isNew, lock } = await claimDataDir(dataDir);
  onStop(lock.release);
  // Whoever starts next on this folder waits for us instead of being refused.
  signal.addEventListener('abort', () => lock.note(stoppingNote));
  const leftovers = await stopLeftovers(dataDir);
  if (leftovers.length > 0) say(`stopped what an earlier run left behind: ${leftovers.join(', ')}`);
  const embedded = { nats: env.NATS_URL === undefined, clickhouse: env.CLICKHOUSE_URL === undefined };
  await requireFreePorts(wantedPorts(env));
  const masterKey = openMasterKey({ dataDir, given: env.MASTER_KEY, fileAllowed: isLoopback(env.BIND_HOST) });
  // Its logins are made by the embedded broker, so on a server of your own there is none.
  const demo = embedded.nats ? demoMode(dataDir, env.DEMO, isNew && isLoopback(env.BIND_HOST)) : '0';
  const credentials = issueCredentials(dataDir, env);

  const watchdog = createWatchdog();
  onStop(watchdog.close);
  const record = createRunRecord(dataDir, (error) =>
    log.error({ err: error }, 'which processes are ours could not be written down'),
  );
  const hooks = {
    log,
    onSpawn: (part: string, pid: number) => {
      watchdog.watch(pid);
      record.add(part, pid);
    },
    onExit: (pid: number) => {
      watchdog.forget(pid);
      record.remove(pid);
    },
  };
  signal.throwIfAborted();

  const given = {
    NATS_URL: env.NATS_URL ?? '',
    NATS_USER: env.NATS_USER,
    NATS_PASSWORD: env.NATS_PASSWORD,
    NATS_CA_FILE: env.NATS_CA_FILE,
  };
  const demoPasswords = embedded.nats ? await issueDemoLogins(dataDir, demo, Date.now()) : {};
  let loginOf: Awaited<ReturnType<typeof startBroker>>['loginOf'] = () => given;
  if (embedded.nats) {
    say('starting nats-server');
    const jetstreamKey = deriveKey(masterKey, 'jetstream');
    const broker = await startBroker({
      dataDir,
      port: env.NATS_PORT,
      jetstreamKey,
      operatorPassword: credentials.nats.password,
      onStop,
      ...hooks,
    });
    loginOf = broker.loginOf;
  } else {
    await provisionStreams(given, inherited);
    onStop((await watchStreams(given, inherited, log)).stop);
  }
  signal.throwIfAborted();

  const nc = await connectNats(loginOf('operator'), 'operator');
  const signIn = await firstPeople({
    ...{ nc, demo, known: credentials.people },
    keep: (people) => keepCredentials(dataDir, { ...credentials, people }),
    origin: publicOrigins(env.PUBLIC_URL, env.WEB_PORT, env.TLS_CERT_FILE !== undefined)[0] ?? '',
  });
  await nc.close();
  signal.throwIfAborted();

  const clickhouse = embedded.clickhouse
    ? credentials.clickhouse
    : { ...credentials.clickhouse, user: env.CLICKHOUSE_USER ?? 'default', password: env.CLICKHOUSE_PASSWORD ?? '' };
  const diskKey = deriveKey(masterKey, 'clickhouse-disk');
  const parts = describeParts({
    ...{ env, inherited, dataDir, demo, demoPasswords, clickhouse, masterKey, diskKey, loginOf, ...hooks },
    onDemoRemoved: () => void endDemo(dataDir, credentials.nats.url, parts.demo.stop, log),
  });
  if (embedded.clickhouse) {
    say('starting the ClickHouse engine');
    onStop(parts.clickhouse.stop);
    await parts.clickhouse.start();
    signal.throwIfAborted();
  }
  const database = connectClickHouse(
    {
      CLICKHOUSE_URL: clickhouse.url,
      CLICKHOUSE_USER: clickhouse.user,
      CLICKHOUSE_PASSWORD: clickhouse.password,
      CLICKHOUSE_DATABASE: clickhouse.database,
      CLICKHOUSE_CA_FILE: env.CLICKHOUSE_CA_FILE,
    },
    'supervisor',
    120_000,
  );
  const applied = await migrate(database);
  await database.close();
  if (applied.length > 0) say(`applied ${applied.length} database migrations`);
  signal.throwIfAborted();

  say('starting ingest, workflows, hub and web');
  onStop(parts.ingest.stop);
  onStop(parts.workflows.stop);
  onStop(() => Promise.all([parts.hub.stop(), parts.web.stop()]));
  await Promise.all([parts.ingest, parts.workflows, parts.hub, parts.web].map((part) => part.start()));
  await untilReady(parts.webUrl, signal);
  if (env.DEMO === '1' && !embedded.nats) say('there is no demo on a NATS server of your own');
  if (demo === '1') {
    onStop(parts.demo.stop);
    // The system is up without it.
    await parts.demo.start().catch((error: unknown) => log.error({ err: error }, 'the demo does not start'));
  }
  return { url: parts.webUrl, signIn };
}

/** Every port that the parts we start will listen on. */
export function wantedPorts(env: SupervisorEnv) {
  const inside = '127.0.0.1';
  return [
    ...(env.NATS_URL === undefined
      ? [{ part: 'nats-server', host: inside, port: env.NATS_PORT, variable: 'NATS_PORT' }]
      : []),
    ...(env.CLICKHOUSE_URL === undefined
      ? [{ part: 'the ClickHouse engine', host: inside, port: env.CLICKHOUSE_PORT, variable: 'CLICKHOUSE_PORT' }]
      : []),
    { part: 'the web app', host: env.BIND_HOST, port: env.WEB_PORT, variable: 'WEB_PORT' },
    { part: 'the hub', host: env.BIND_HOST, port: env.HUB_PORT, variable: 'HUB_PORT' },
  ];
}
