import { publicOrigins, publicUrl } from '@deskwire/contracts/public-origins';
import { natsEnv, parseEnv, port } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { errorMessage } from './error-message.ts';
import { firstPeople } from './first-people.ts';

/** One shot for compose and clusters, as the operator: prints a link that makes the first administrator, while there is none. */
async function firstAdministrator(): Promise<void> {
  const env = parseEnv(
    {
      ...natsEnv,
      WEB_PORT: port(3000),
      PUBLIC_URL: publicUrl.optional(),
    },
    process.env,
  );
  const [origin = ''] = publicOrigins(env.PUBLIC_URL, env.WEB_PORT);
  const nc = await connectNats(env, 'operator');
  const lines = await firstPeople({ nc, demo: '0', known: [], keep: () => undefined, origin });
  await nc.close();
  process.stdout.write(lines.length === 0 ? 'there is an administrator\n' : `${lines.join('\n')}\n`);
}

try {
  await firstAdministrator();
} catch (error) {
  process.stderr.write(`first-administrator failed: ${errorMessage(error)}\n`);
  process.exitCode = 1;
}
