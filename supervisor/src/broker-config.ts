import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from '@deskwire/runtime/env';
import { z } from 'zod';
import { replaceFile, setServiceLogins } from './broker-logins.ts';
import { errorMessage } from './error-message.ts';
import { brokerFiles, renderServer } from './nats-config.ts';
import { newPassword } from './password.ts';

// The hashes are made at the lowest cost, which is right for random secrets only.
const password = z.string().min(32, 'it has to be random and at least 32 characters long, e.g. openssl rand -hex 32');

/** One shot for compose: the configuration of a broker in a container of its own, in `DATA_DIR/nats`. Integrations stay. */
async function writeBrokerConfig(): Promise<void> {
  const env = parseEnv(
    {
      DATA_DIR: z.string().min(1),
      NATS_PASSWORD_SUPERVISOR: password,
      NATS_PASSWORD_OPERATOR: password,
      NATS_PASSWORD_INGEST: password,
      NATS_PASSWORD_HUB: password,
      NATS_PASSWORD_WEB: password,
      NATS_PASSWORD_CONNECTORS: password,
      NATS_PASSWORD_WORKFLOWS: password,
    },
    process.env,
  );
  const dir = join(env.DATA_DIR, 'nats');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  replaceFile(
    brokerFiles(dir).config,
    renderServer({ name: 'deskwire', host: '0.0.0.0', port: 4222, dir, monitorPort: 8222 }),
  );
  await setServiceLogins(dir, {
    supervisor: env.NATS_PASSWORD_SUPERVISOR,
    operator: env.NATS_PASSWORD_OPERATOR,
    ingest: env.NATS_PASSWORD_INGEST,
    hub: env.NATS_PASSWORD_HUB,
    web: env.NATS_PASSWORD_WEB,
    connectors: env.NATS_PASSWORD_CONNECTORS,
    workflows: env.NATS_PASSWORD_WORKFLOWS,
    // No demo runs beside servers of one's own: nobody knows this one.
    demo: newPassword(),
  });
}

try {
  await writeBrokerConfig();
} catch (error) {
  process.stderr.write(`broker-config failed: ${errorMessage(error)}\n`);
  process.exitCode = 1;
}
