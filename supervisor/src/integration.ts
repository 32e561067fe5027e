import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isSimulated, simulatedPrefix } from '@deskwire/contracts/demo';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { commandEnv, credentialsFile, readCredentials } from '@deskwire/runtime/credentials';
import { natsEnv, parseEnv, port } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { z } from 'zod';
import { errorMessage } from './error-message.ts';
import { createIntegrations, IntegrationError, type InForce } from './integrations.ts';
import { integrationRights } from './logins.ts';
import { integrationUser, renderAuthorization, renderUser } from './nats-config.ts';
import { hashPassword, newPassword } from './password.ts';
import { retireSources } from './retire-sources.ts';
import { root } from './service-child.ts';

const queryTimeoutMs = 30_000;

const help = `npm run integration -- <command> [--json]

  add <source>      a login that may publish events.<source>.> and nothing else; valid when the command returns
  list              the integrations there are
  rotate <source>   a new password; connections with the old one are cut
  remove <source>   the login is refused from now on; connections are cut; what it sent is retired
  retire <source>   nobody expects more of it: its silence is no fault any more, until it sends again

<source> is the first part of the events' "source", e.g. zendesk: small letters, digits and "-".
--json prints one document on stdout: {source, url, user, password} for add and rotate. Errors go to stderr, exit code 1.
`;

/** `npm run integration`. Exit codes: 0 done, 1 not done, with the reason in one line on stderr. */
async function integration(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  });
  const [command, source, ...more] = positionals;
  if (values.help) {
    print(help);
    return;
  }
  if (command === undefined || more.length > 0)
    throw new IntegrationError(`which command? See npm run integration -- --help`);

  const env = parseEnv(
    { NATS_URL: z.string().optional(), NATS_PORT: port(14_222), DATA_DIR: z.string().default('.data') },
    process.env,
  );
  const name = command === 'list' ? '' : sourceToken(source);
  if (command === 'retire') {
    const retired = await retire(name);
    print(
      values.json
        ? `${JSON.stringify({ retired })}\n`
        : `retired: ${retired.join(', ') || 'nothing, it has no heartbeat to end'}\n`,
    );
    return;
  }
  if (env.NATS_URL !== undefined) throw new IntegrationError(await externalServer(command, name));
  const dataDir = resolve(root, env.DATA_DIR);
  const url = readCredentials(credentialsFile(dataDir))?.nats.url ?? `nats://127.0.0.1:${env.NATS_PORT}`;
  const integrations = createIntegrations({ dataDir, url, now: () => new Date().toISOString() });
  const say = (document: object, text: string) => print(values.json ? `${JSON.stringify(document)}\n` : text);

  switch (command) {
    case 'add':
    case 'rotate': {
      if (isSimulated(name))
        throw new IntegrationError(
          `names that begin with "${simulatedPrefix}" are the simulated operation's: take another`,
        );
      const { inForce, ...login } = await integrations[command](name);
      note(inForce);
      say(
        login,
        Object.entries(login)
          .map(([key, value]) => `${key.padEnd(9)} ${value}\n`)
          .join(''),
      );
      return;
    }
    case 'remove': {
      const inForce = await integrations.remove(name);
      note(inForce);
      // The login is gone in any case; what it sent can be retired at any time.
      if (inForce === 'now') await retire(name).catch((error: unknown) => noteUnretired(name, errorMessage(error)));
      else noteUnretired(name, 'Deskwire does not run here');
      say({ source: name, removed: true }, `${name} is removed\n`);
      return;
    }
    case 'list': {
      const all = integrations.list();
      say(
        all,
        all.map(({ source: one, user, addedAt }) => `${one.padEnd(24)} ${user.padEnd(32)} ${addedAt}\n`).join('') ||
          'no integrations yet\n',
      );
      return;
    }
    default:
      throw new IntegrationError(`there is no command ${command}; see npm run integration -- --help`);
  }
}

/** As the operator of the system that runs here, or of the one that NATS_URL and CLICKHOUSE_URL name. */
async function retire(name: string): Promise<string[]> {
  const env = parseEnv({ ...natsEnv, ...clickhouseEnv }, commandEnv(process.env));
  const nc = await connectNats(env, 'operator', { waitOnFirstConnect: false });
  const client = connectClickHouse(env, 'operator', queryTimeoutMs);
  try {
    return await retireSources({ js: nc.jetstream(), client, now: Date.now }, name);
  } finally {
    await client.close();
    await nc.close();
  }
}

function sourceToken(source: string | undefined): string {
  if (source !== undefined && /^[a-z0-9-]{1,64}$/.test(source)) return source;
  throw new IntegrationError('a source is one word of small letters, digits and "-", at most 64, e.g. zendesk');
}

/** What to do by hand on a server that is not ours. */
async function externalServer(command: string, source: string): Promise<string> {
  const why = 'NATS_URL is set, and the logins of that server are in its own configuration';
  if (command !== 'add' && command !== 'rotate') return `${why}: look there, or unset NATS_URL for the embedded one`;
  const password = newPassword();
  const block = renderAuthorization([
    renderUser(integrationUser(source), await hashPassword(password), integrationRights(source)),
  ]);
  return `${why}. Merge this user into it, reload it, and sign in with the password ${password}\n${block}`;
}

function note(inForce: InForce): void {
  if (inForce === 'at-start')
    process.stderr.write('Deskwire does not run here now: the change is in force at the next npm start\n');
}

const noteUnretired = (name: string, why: string) =>
  void process.stderr.write(`its silence still counts (${why}): run npm run integration -- retire ${name}\n`);

const print = (text: string) => void process.stdout.write(text);

try {
  await integration(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
}
