import { timeZone } from '@deskwire/contracts/time-zone';
import { publicOrigins, publicUrl } from '@deskwire/contracts/public-origins';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { natsEnv, parseEnv, port } from '@deskwire/runtime/env';
import { z } from 'zod';

/** The hub's environment, with the origins it accepts. Throws EnvError with one line that names the variable. */
export function readHubEnv(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(
    {
      ...natsEnv,
      ...clickhouseEnv,
      HUB_PORT: port(3001),
      WEB_PORT: port(3000),
      BIND_HOST: z.string().default('127.0.0.1'),
      PUBLIC_URL: publicUrl.optional(),
      /** Which header of the proxy before the hub names the client, and how many proxies there are: both as the web server takes them. */
      ADDRESS_HEADER: z.string().optional(),
      XFF_DEPTH: z.coerce.number().int().min(1).default(1),
      TLS_CERT_FILE: z.string().optional(),
      TLS_KEY_FILE: z.string().optional(),
      /** Days begin by it, so it has to be that of the web server. */
      TIME_ZONE: timeZone,
    },
    env,
  );
  const tls =
    parsed.TLS_CERT_FILE === undefined || parsed.TLS_KEY_FILE === undefined
      ? undefined
      : { certFile: parsed.TLS_CERT_FILE, keyFile: parsed.TLS_KEY_FILE };
  return { ...parsed, tls, origins: publicOrigins(parsed.PUBLIC_URL, parsed.WEB_PORT, tls !== undefined) };
}
