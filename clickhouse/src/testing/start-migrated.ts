import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '../connect.ts';
import { loginOf, startMigratedEngine } from './migrated-data.ts';

/** An engine of a test's own with every table, and a client of it; `stop` ends both. */
export async function startMigrated(): Promise<{ client: ClickHouseClient; stop: () => Promise<void> }> {
  const engine = await startMigratedEngine();
  const client = connectClickHouse(loginOf(engine), 'test');
  return {
    client,
    stop: async () => {
      await client.close();
      await engine.stop();
    },
  };
}
