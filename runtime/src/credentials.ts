import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EnvError } from './env.ts';

/** `DATA_DIR/credentials.json`, mode 0600: written by `npm start` for the embedded parts. */
export const credentials = z.object({
  nats: z.object({ url: z.string(), user: z.string(), password: z.string() }),
  clickhouse: z.object({ url: z.string(), user: z.string(), password: z.string(), database: z.string() }),
  people: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
});
export type Credentials = z.infer<typeof credentials>;

export const credentialsFile = (dataDir: string) => join(dataDir, 'credentials.json');

/**
 * The environment of a command: the variables given, and for those that are absent what the running system wrote to
 * `DATA_DIR/credentials.json`. Throws EnvError when neither says where the system is.
 */
export function commandEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = credentialsFile(env['DATA_DIR'] ?? '.data');
  const found = readCredentials(file);
  if (found === undefined && env['NATS_URL'] === undefined) {
    throw new EnvError(
      `Deskwire has not been started here: ${file} does not exist. Run npm start first, or set NATS_URL and CLICKHOUSE_URL.`,
    );
  }
  if (found === undefined) return env;
  const nats =
    env['NATS_URL'] === undefined
      ? { NATS_URL: found.nats.url, NATS_USER: found.nats.user, NATS_PASSWORD: found.nats.password }
      : {};
  const clickhouse =
    env['CLICKHOUSE_URL'] === undefined
      ? {
          CLICKHOUSE_URL: found.clickhouse.url,
          CLICKHOUSE_USER: found.clickhouse.user,
          CLICKHOUSE_PASSWORD: found.clickhouse.password,
          CLICKHOUSE_DATABASE: found.clickhouse.database,
        }
      : {};
  return { ...env, ...nats, ...clickhouse };
}

export function readCredentials(file: string): Credentials | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined; // Not written yet: the caller says what to do.
  }
  return credentials.parse(JSON.parse(text));
}
