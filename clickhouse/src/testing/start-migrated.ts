import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '../connect.ts';
import { startEngine } from '../engine/start-engine.ts';
import { migrate } from '../migrate.ts';

/** An engine of a test's own with every table, and a client of it; `stop` ends both. */
export async function startMigrated(): Promise<{ client: ClickHouseClient; stop: () => Promise<void> }> {
  const engine = await startEngine();
  const { url, user, password, database } = engine;
  const client = connectClickHouse(
    { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password, CLICKHOUSE_DATABASE: database },
    'test',
  );
  await migrate(client);
  return {
    client,
    stop: async () => {
      await client.close();
      await engine.stop();
    },
  };
}
