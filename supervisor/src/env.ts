import { timeZone } from '@deskwire/contracts/time-zone';
import { accessSync, constants } from 'node:fs';
import { publicUrl } from '@deskwire/contracts/public-origins';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { EnvError, natsEnv, parseEnv, port } from '@deskwire/runtime/env';
import { masterKeyEnv } from '@deskwire/vault/env';
import { z } from 'zod';

const readable = z.string().refine((file) => {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false; // The message below says so.
  }
}, 'no such file that we may read');

const shape = {
  NATS_URL: z
    .string()
    .regex(/^(nats|tls|wss?):\/\/\S+$/, 'it has to look like nats://host:4222')
    .optional(),
  NATS_USER: natsEnv.NATS_USER,
  NATS_PASSWORD: natsEnv.NATS_PASSWORD,
  NATS_CA_FILE: readable.optional(),
  CLICKHOUSE_URL: z.url({ protocol: /^https?$/, error: 'it has to look like http://host:8123' }).optional(),
  CLICKHOUSE_USER: z.string().optional(),
  CLICKHOUSE_PASSWORD: z.string().optional(),
  CLICKHOUSE_CA_FILE: readable.optional(),
  CLICKHOUSE_DATABASE: clickhouseEnv.CLICKHOUSE_DATABASE,
  NATS_PORT: port(14_222),
  CLICKHOUSE_PORT: port(18_123),
  WEB_PORT: port(3_000),
  HUB_PORT: port(3_001),
  HOOKS_PORT: port(3_002),
  BIND_HOST: z.string().min(1).default('127.0.0.1'),
  TLS_CERT_FILE: readable.optional(),
  TLS_KEY_FILE: readable.optional(),
  PUBLIC_URL: publicUrl.optional(),
  TIME_ZONE: timeZone,
  DATA_DIR: z.string().min(1).default('.data'),
  MASTER_KEY: masterKeyEnv.MASTER_KEY.optional(),
  DEMO: z.enum(['0', '1']).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'it has to look like smtps://user:password@host' }).optional(),
};

export type SupervisorEnv = ReturnType<typeof readSupervisorEnv>;

/** The variables of docs/operations.md. Throws EnvError, one line that names the wrong one; never repeats a value. */
export function readSupervisorEnv(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(shape, env);
  if ((parsed.TLS_CERT_FILE === undefined) !== (parsed.TLS_KEY_FILE === undefined)) {
    throw new EnvError('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or none');
  }
  if (!isLoopback(parsed.BIND_HOST)) {
    if (parsed.TLS_CERT_FILE === undefined) {
      throw new EnvError(`BIND_HOST is wrong: outside loopback TLS_CERT_FILE and TLS_KEY_FILE have to be set`);
    }
    if (parsed.MASTER_KEY === undefined) {
      throw new EnvError(
        'MASTER_KEY is missing: outside loopback the key has to come from the environment, not from a file in DATA_DIR',
      );
    }
  }
  return parsed;
}

export const isLoopback = (host: string) => /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host);
