import { readFileSync, rmSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse, type ClickHouseLogin } from '@deskwire/clickhouse/connect';
import { startEngine } from '@deskwire/clickhouse/engine/start-engine';
import { migrate } from '@deskwire/clickhouse/migrate';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { JetStreamManager, NatsConnection } from 'nats';

/** A broker and an engine of their own, empty, encrypted, as `npm start` runs them. */
export interface Servers {
  nc: NatsConnection;
  jsm: JetStreamManager;
  client: ClickHouseClient;
  pids: { nats: number; engine: number };
  clickhouse: ClickHouseLogin;
  /** The environment of an ingest process, of a desk, of a hub, of a web server, and of what signs in as the person at the machine. */
  ingestEnv: Record<string, string>;
  deskEnv: Record<string, string>;
  hubEnv: ClickHouseLogin & ReturnType<TestNats['env']>;
  webEnv: Record<string, string>;
  plainEnv: Record<string, string>;
  stop: () => Promise<void>;
}

const plainTable = readFileSync(new URL('plain-events.sql', import.meta.url), 'utf8');

export async function startServers(): Promise<Servers> {
  const engine = await startEngine();
  const nats = await startNats();
  const login = {
    CLICKHOUSE_URL: engine.url,
    CLICKHOUSE_USER: engine.user,
    CLICKHOUSE_PASSWORD: engine.password,
    CLICKHOUSE_DATABASE: engine.database,
  };
  const client = connectClickHouse(login, 'bench', 120_000);
  await migrate(client);
  await client.command({ query: plainTable });
  const nc = await connectNats(nats.env('operator'), 'operator');
  const sealing = { ...login, MASTER_KEY: nats.masterKey.toString('base64') };
  return {
    nc,
    jsm: await nc.jetstreamManager({ checkAPI: false }),
    client,
    pids: { nats: nats.pid, engine: engine.pid },
    clickhouse: login,
    ingestEnv: { ...sealing, ...nats.env('ingest') },
    deskEnv: { ...sealing, ...nats.env('workflows') },
    hubEnv: { ...login, ...nats.env('hub') },
    webEnv: { ...sealing, ...nats.env('web') },
    plainEnv: { ...login, ...nats.env('operator') },
    stop: async () => {
      await nc.close();
      await client.close();
      await nats.stop();
      rmSync(nats.dataDir, { recursive: true, force: true });
      await engine.stop();
    },
  };
}

/** Forgets what was stored and which keys were made, so that the next run begins as the first did. The stream stays. */
export async function forgetStored({ client, jsm }: Servers): Promise<void> {
  for (const table of ['events', 'gaps', 'plain_events']) await client.command({ query: `TRUNCATE TABLE ${table}` });
  await jsm.streams.purge('KV_keys');
}
