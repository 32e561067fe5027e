import type { Credentials } from '@deskwire/contracts/credentials';
import { credentialsFile, readCredentials } from '@deskwire/runtime/credentials';
import { replaceFile } from './broker-logins.ts';
import type { SupervisorEnv } from './env.ts';
import { newPassword } from './password.ts';

/**
 * `DATA_DIR/credentials.json`, mode 0600: where the parts listen and how to sign in to the embedded ones. Passwords stay
 * what they were at the first start. Of external servers only the address is written: their secrets are not ours to keep.
 */
export function issueCredentials(dataDir: string, env: SupervisorEnv): Credentials {
  const file = credentialsFile(dataDir);
  const before = readCredentials(file);
  const after: Credentials = {
    nats:
      env.NATS_URL === undefined
        ? {
            url: `nats://127.0.0.1:${env.NATS_PORT}`,
            user: 'operator',
            password: before?.nats.password || newPassword(),
          }
        : { url: env.NATS_URL, user: '', password: '' },
    clickhouse: {
      ...(env.CLICKHOUSE_URL === undefined
        ? {
            url: `http://127.0.0.1:${env.CLICKHOUSE_PORT}`,
            user: 'deskwire',
            password: before?.clickhouse.password || newPassword(),
          }
        : { url: env.CLICKHOUSE_URL, user: '', password: '' }),
      database: env.CLICKHOUSE_DATABASE,
    },
    people: before?.people ?? [],
  };
  keepCredentials(dataDir, after);
  return after;
}

/** Replaces the file whole. */
export function keepCredentials(dataDir: string, after: Credentials): void {
  replaceFile(credentialsFile(dataDir), `${JSON.stringify(after, null, 2)}\n`);
}
