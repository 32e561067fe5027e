import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { role, roles } from '@deskwire/contracts/roles';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { commandEnv } from '@deskwire/runtime/credentials';
import { EnvError, natsEnv, parseEnv } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { createTokenStore } from './token-store.ts';

const help = `Access tokens for programs and for signing in: a token acts as a person of that role.

  npm run token -- add --role <${roles.join('|')}> --name <name> [--team <team>]... [--json]
  npm run token -- list [--json]
  npm run token -- revoke <id> [--json]

The token is shown once; only its SHA-256 is kept. It is valid when the command returns. Revoking one ends
its sessions at once and cuts its sockets within a second. --team may be repeated: an agent sees the tickets
of these teams only, a lead without teams sees all. --json prints exactly one document on stdout.
Finds the running system by NATS_URL, or by DATA_DIR/credentials.json (default .data).
`;

const answerTimeoutMs = 5_000;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      name: { type: 'string' },
      team: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [verb, id, ...rest] = positionals;
  if (values.help) return print(help);
  if (rest.length > 0 || (verb !== 'revoke' && id !== undefined)) return wrong(`what is "${rest[0] ?? id ?? ''}"?`);
  switch (verb) {
    case 'add': {
      const wanted = role.safeParse(values.role);
      const name = values.name?.trim() ?? '';
      if (!wanted.success) return wrong(`--role is one of ${roles.join(', ')}`);
      if (name === '' || name.length > 100) return wrong('--name says whose token this is, in at most 100 characters');
      if (values.team?.some((team) => team.trim() === '') === true) return wrong('--team names a team');
      const teams = [...new Set((values.team ?? []).map(teamSlug))];
      const { token, record } = await withTokens((tokens) => tokens.add({ role: wanted.data, name, teams }));
      const made = { id: record.id, token, role: record.role, name: record.name, teams: record.teams };
      return print(
        values.json ? json(made) : `${token}\n\n${record.name}, ${record.role}, id ${record.id}. Shown only now.\n`,
      );
    }
    case 'list': {
      const records = await withTokens((tokens) => tokens.list());
      const shown = records.map(({ id, role, name, teams, created_at }) => ({ id, role, name, teams, created_at }));
      const lines = shown.map(
        (token) => `${token.id}  ${token.role.padEnd(7)}  ${token.created_at.slice(0, 16)}  ${token.name}\n`,
      );
      return print(
        values.json ? json(shown) : lines.join('') || 'No access token exists. Make one: npm run token -- add\n',
      );
    }
    case 'revoke': {
      if (id === undefined) return wrong('revoke needs the id of a token: see npm run token -- list');
      if (!/^[a-z0-9]{12}$/.test(id)) return wrong('an id has 12 letters or digits: see npm run token -- list');
      const revoked = await withTokens((tokens) => tokens.revoke(id));
      if (!revoked) throw new Error(`There is no token ${id}: see npm run token -- list`);
      return print(values.json ? json({ id, revoked }) : `Token ${id} is revoked.\n`);
    }
    case undefined:
      return wrong('say what to do: add, list or revoke');
    default:
      return wrong(`there is no "${verb}": it is add, list or revoke`);
  }
}

async function withTokens<Result>(
  work: (tokens: ReturnType<typeof createTokenStore>) => Promise<Result>,
): Promise<Result> {
  const env = parseEnv(natsEnv, commandEnv(process.env));
  const nc = await connectNats(env, 'operator', {
    waitOnFirstConnect: false,
    maxReconnectAttempts: 0,
    timeout: answerTimeoutMs,
  });
  try {
    const users = await nc.jetstream({ timeout: answerTimeoutMs }).views.kv('users');
    return await work(
      createTokenStore(users, {
        randomId: () => Array.from(randomBytes(12), (byte) => (byte % 36).toString(36)).join(''),
        randomSecret: () => randomBytes(32).toString('base64url'),
        now: Date.now,
      }),
    );
  } finally {
    await nc.close();
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function wrong(message: string): number {
  process.stderr.write(`${message}\n\n${help}`);
  return 2;
}

const json = (document: unknown) => `${JSON.stringify(document)}\n`;

function explain(error: unknown): string {
  if (error instanceof EnvError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'CONNECTION_REFUSED' || code === 'TIMEOUT' || code === '503') {
    return 'NATS does not answer, so nothing was changed. Is the system running? Start it with npm start.';
  }
  if (code === 'AUTHORIZATION_VIOLATION') return 'NATS refused the login: check NATS_USER and NATS_PASSWORD.';
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error instanceof Error ? error.message : code}\n\n${help}`;
  return error instanceof Error ? error.message : String(error);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
