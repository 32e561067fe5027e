import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse, type ClickHouseLogin } from '@deskwire/clickhouse/connect';
import { readFlowReport } from '@deskwire/clickhouse/flow-report';
import { migrate } from '@deskwire/clickhouse/migrate';
import { copyMigrated } from '@deskwire/clickhouse/testing/migrated-data';
import type { FlowReport } from '@deskwire/contracts/flow';
import { demoSources } from '@deskwire/contracts/demo';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { createIntegrations } from '@deskwire/supervisor/integrations';
import type { ServiceName } from '@deskwire/supervisor/logins';
import { freePort } from '@deskwire/supervisor/start-nats';
import { createWatchdog } from '@deskwire/supervisor/watchdog';
import type { NatsConnection } from 'nats';
import { createBrokerPart } from './broker-part.ts';
import { createEnginePart, diskKeyOf } from './engine-part.ts';
import type { Part } from './part.ts';
import { createServicePart } from './service-part.ts';

export interface WorldOptions {
  /** Absent: a new folder below the system's for temporary files, removed by `close`. */
  dataDir?: string;
  /** 32 bytes; default: all sevens. */
  masterKey?: Buffer;
  budgetBytes?: number;
  onSurprise?: (name: string, how: string) => void;
}

/** Engine and broker on a private DATA_DIR and free ports, with whatever ingest workers and desks a test adds. */
export interface World {
  dataDir: string;
  /** One file per process, beside DATA_DIR, never inside. */
  logDir: string;
  masterKey: Buffer;
  engine: Part;
  broker: Part;
  clickhouse: ClickHouseLogin;
  natsPort: number;
  natsLoginOf: (service: ServiceName) => NatsLogin;
  /** The person at the machine: publishes events, reads streams and buckets. */
  nc: NatsConnection;
  client: ClickHouseClient;
  /** A worker that is not started yet; `clickhouse` is the engine's own address unless a test puts something in between. */
  addWorker: (name: string, options?: { clickhouse?: ClickHouseLogin; env?: Record<string, string> }) => Part;
  /** A desk that is not started yet. */
  addDesk: (name: string, env?: Record<string, string>) => Part;
  /** The demo that is not started yet, with a new login for each simulated source. */
  addDemo: (name: string, env?: Record<string, string>) => Promise<Part>;
  provision: () => Promise<void>;
  setLimit: (stream: string, maxBytes: number) => Promise<void>;
  flow: () => Promise<FlowReport>;
  close: (options?: { keep: boolean }) => Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'deskwire-world-'));
  const dataDir = options.dataDir ?? join(dir, 'data');
  const logDir = join(dir, 'log');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  mkdirSync(logDir);
  const masterKey = options.masterKey ?? Buffer.alloc(32, 7);
  const watchdog = createWatchdog();
  const shared = {
    ...{ dataDir, masterKey, watchdog },
    ...(options.onSurprise === undefined ? {} : { onSurprise: options.onSurprise }),
  };
  const logFile = (name: string) => join(logDir, `${name}.log`);
  const natsPort = await freePort();
  const broker = await createBrokerPart({
    ...shared,
    port: natsPort,
    logFile: logFile('nats'),
    budgetBytes: options.budgetBytes ?? 8 * 2 ** 30,
  });
  const engine = createEnginePart({ ...shared, port: await freePort(), logFile: logFile('engine') });
  const parts: Part[] = [broker.part, engine.part];
  const closers: (() => Promise<unknown>)[] = [];
  const close = async ({ keep } = { keep: false }) => {
    for (const undo of closers.reverse()) await undo();
    for (const part of parts.toReversed()) await part.stop();
    watchdog.close();
    if (!keep) rmSync(dir, { recursive: true, force: true });
  };
  try {
    if (options.dataDir === undefined && options.masterKey === undefined)
      await copyMigrated(dataDir, diskKeyOf(masterKey));
    await Promise.all(parts.map((part) => part.start()));
    await broker.provision();
    const client = connectClickHouse(engine.login, 'test');
    closers.push(() => client.close());
    await migrate(client);
    const nc = await connectNats(broker.loginOf('operator'), 'operator');
    closers.push(() => nc.close());
    const jsm = await nc.jetstreamManager();
    return {
      ...{ dataDir, logDir, masterKey, natsPort, nc, client, close },
      engine: engine.part,
      broker: broker.part,
      clickhouse: engine.login,
      natsLoginOf: broker.loginOf,
      provision: broker.provision,
      setLimit: broker.setLimit,
      addWorker: (name, { clickhouse = engine.login, env = {} } = {}) => {
        const nats = broker.loginOf('ingest');
        const main = 'ingest/src/main.ts';
        const worker = createServicePart({ ...shared, name, main, clickhouse, nats, env, logFile: logFile(name) });
        parts.push(worker);
        return worker;
      },
      addDesk: (name, env = {}) => {
        const desk = createServicePart({
          ...{ ...shared, name, main: 'workflows/src/main.ts', env, logFile: logFile(name) },
          ...{ clickhouse: engine.login, nats: broker.loginOf('workflows') },
        });
        parts.push(desk);
        return desk;
      },
      addDemo: async (name, env = {}) => {
        const logins = createIntegrations({
          ...{ dataDir, url: `nats://127.0.0.1:${natsPort}` },
          now: () => new Date().toISOString(),
        });
        const passwords: Record<string, string> = {};
        for (const source of demoSources) passwords[source] = (await logins.add(source)).password;
        const demo = createServicePart({
          ...{ ...shared, name, main: 'connectors/src/demo.ts', logFile: logFile(name) },
          ...{ clickhouse: engine.login, nats: broker.loginOf('demo') },
          env: { DEMO_PASSWORDS: JSON.stringify(passwords), ...env },
        });
        parts.push(demo);
        return demo;
      },
      flow: () =>
        readFlowReport({
          client,
          now: Date.now,
          zone: 'UTC',
          streamHead: async (stream) => ({ lastSeq: (await jsm.streams.info(stream)).state.last_seq }),
        }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
