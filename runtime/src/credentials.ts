import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, type Credentials } from '@deskwire/contracts/credentials';
import { EnvError } from './env.ts';

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
  const ours: NodeJS.ProcessEnv = {};
  if (found !== undefined && env['NATS_URL'] === undefined) {
    const { url, user, password } = found.nats;
    Object.assign(ours, { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password });
  }
  if (found !== undefined && env['CLICKHOUSE_URL'] === undefined) {
    const { url, user, password, database } = found.clickhouse;
    Object.assign(ours, {
      CLICKHOUSE_URL: url,
      CLICKHOUSE_USER: user,
      CLICKHOUSE_PASSWORD: password,
      CLICKHOUSE_DATABASE: database,
    });
  }
  return { ...env, ...ours };
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
