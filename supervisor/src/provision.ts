import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { migrate } from '@deskwire/clickhouse/migrate';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { natsEnv, parseEnv } from '@deskwire/runtime/env';
import { errorMessage } from './error-message.ts';
import { provisionStreams } from './provision-streams.ts';

/** One shot for compose and clusters: streams, buckets and database as this version needs them; again changes nothing. */
async function provision(): Promise<void> {
  const env = parseEnv({ ...natsEnv, ...clickhouseEnv }, process.env);
  const touched = await provisionStreams(env, process.env);
  const database = connectClickHouse(env, 'provision', 120_000);
  const applied = await migrate(database);
  await database.close();
  process.stdout.write(
    `provisioned: ${touched.length} streams and buckets changed, ${applied.length} migrations applied\n`,
  );
}

try {
  await provision();
} catch (error) {
  process.stderr.write(`provision failed: ${errorMessage(error)}\n`);
  process.exitCode = 1;
}
