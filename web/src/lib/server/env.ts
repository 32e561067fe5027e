import { timeZone } from '@deskwire/contracts/time-zone';
import { publicOrigins, publicUrl } from '@deskwire/contracts/public-origins';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { natsEnv, parseEnv, port } from '@deskwire/runtime/env';
import { masterKeyEnv } from '@deskwire/vault/env';
import { z } from 'zod';

/** The web server's environment, with what follows from it. Throws EnvError with one line that names the variable. */
export function readWebEnv(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(
    {
      ...natsEnv,
      ...clickhouseEnv,
      WEB_PORT: port(3000),
      HUB_PORT: port(3001),
      BIND_HOST: z.string().default('127.0.0.1'),
      PUBLIC_URL: publicUrl.optional(),
      /** Without it tickets are shown without their subject and requester. */
      MASTER_KEY: masterKeyEnv.MASTER_KEY.optional(),
      TLS_CERT_FILE: z.string().optional(),
      TLS_KEY_FILE: z.string().optional(),
      TIME_ZONE: timeZone,
      /** '0': nobody runs the simulated operation, nor removes it. */
      DEMO: z.enum(['0', '1']).optional(),
    },
    env,
  );
  const tls =
    parsed.TLS_CERT_FILE === undefined || parsed.TLS_KEY_FILE === undefined
      ? undefined
      : { certFile: parsed.TLS_CERT_FILE, keyFile: parsed.TLS_KEY_FILE };
  const origins = publicOrigins(parsed.PUBLIC_URL, parsed.WEB_PORT, tls !== undefined);
  return { ...parsed, tls, origins, secure: origins.every((origin) => origin.startsWith('https:')) };
}
