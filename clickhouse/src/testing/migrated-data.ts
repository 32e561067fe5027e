import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectClickHouse } from '../connect.ts';
import { startEngine, type StartedEngine } from '../engine/start-engine.ts';
import { migrate, readMigrations } from '../migrate.ts';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/deskwire-migrated/', import.meta.url));

/**
 * Puts the data of an engine with every table, none of which has a row, into `dataDir`, encrypted with `diskKey` (64 hexadecimal
 * characters). Migrations are two thirds of what a test's engine takes to start: each key has them run once, and copied.
 */
export async function copyMigrated(dataDir: string, diskKey: string): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify([readMigrations(), diskKey]));
  const made = join(cache, hash.digest('hex').slice(0, 32));
  if (!existsSync(made)) await makeMigrated(made, diskKey);
  cpSync(made, dataDir, { recursive: true });
}

async function makeMigrated(folder: string, diskKey: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const dataDir = mkdtempSync(join(cache, 'new-'));
  const engine = await startEngine({ dataDir, diskKey });
  const client = connectClickHouse(loginOf(engine), 'test');
  try {
    await migrate(client);
  } finally {
    await client.close();
    await engine.stop();
  }
  try {
    renameSync(dataDir, folder);
  } catch (error) {
    rmSync(dataDir, { recursive: true });
    if (!existsSync(folder)) throw error; // Another process was faster: its folder is as good.
  }
}

export const loginOf = ({ url, user, password, database }: StartedEngine) => ({
  CLICKHOUSE_URL: url,
  CLICKHOUSE_USER: user,
  CLICKHOUSE_PASSWORD: password,
  CLICKHOUSE_DATABASE: database,
});

/** Of engines that nobody starts again with a key of their own. */
const anyKey = '5a'.repeat(32);

/** An engine of a test's own with every table; `stop` ends it and removes its data. */
export async function startMigratedEngine(): Promise<StartedEngine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'deskwire-engine-'));
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    await copyMigrated(dataDir, anyKey);
    const engine = await startEngine({ dataDir, diskKey: anyKey });
    return {
      ...engine,
      stop: async () => {
        await engine.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
