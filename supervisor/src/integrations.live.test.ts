import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathEnv } from '@deskwire/runtime/env';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startNats, type TestNats } from './start-nats.ts';

let nats: TestNats;

beforeAll(async () => {
  nats = await startNats();
});

afterAll(async () => {
  await nats.stop();
});

const issued = z.object({ source: z.string(), url: z.string(), user: z.string(), password: z.string() });

/** The command as people type it, against the broker of this test. */
async function run(
  args: string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    ...pathEnv(),
    HOME: tmpdir(),
    DATA_DIR: nats.dataDir,
    NATS_PORT: String(nats.port),
    ...more,
  };
  const command = ['run', 'integration', '--', ...args];
  return promisify(execFile)('npm', command, { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }).parse(error),
  );
}
const add = async (source: string) => issued.parse(JSON.parse((await run(['add', source, '--json'])).stdout));
const signIn = ({ url, user, password }: z.infer<typeof issued>) =>
  connect({ servers: url, user, pass: password, reconnect: false });

test('a login is valid when the command returns, and cut when it is rotated or removed', async () => {
  const first = await add('acme');
  const holder = await signIn(first);
  await holder.jetstream().publish('events.acme.ticket.snapshot', '{}');

  const second = issued.parse(JSON.parse((await run(['rotate', 'acme', '--json'])).stdout));
  await holder.closed();
  await expect(signIn(first)).rejects.toThrow(/authorization/i);
  const next = await signIn(second);
  await next.jetstream().publish('events.acme.ticket.snapshot', '{}');

  expect((await run(['remove', 'acme'])).code).toBe(0);
  await next.closed();
  await expect(signIn(second)).rejects.toThrow(/authorization/i);
});

test('four at once are all valid, and a connection of another stays open meanwhile', async () => {
  const bystander = await signIn(await add('bystander'));
  const logins = await Promise.all(['a-1', 'a-2', 'a-3', 'a-4'].map(add));
  for (const login of logins) {
    const nc = await signIn(login);
    await nc.jetstream().publish(`events.${login.source}.ticket.snapshot`, '{}');
    await nc.close();
  }
  await bystander.jetstream().publish('events.bystander.batch', '[]');
  await bystander.close();
  const listed = await run(['list', '--json']);
  expect(z.array(z.object({ source: z.string() })).parse(JSON.parse(listed.stdout))).toHaveLength(5);
});

test('a second one of the same name, a wrong name and an unknown one are refused in one line', async () => {
  await add('taken');
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };
  expect(await refused('add', 'taken', '--json')).toMatch(/^taken exists already.*\n$/);
  expect(await refused('add', 'Ze.n>desk')).toMatch(/^a source is one word.*\n$/);
  expect(await refused('add', 'demo-acme')).toMatch(/^names that begin with "demo-" are .*\n$/);
  expect(await refused('rotate', 'nobody')).toMatch(/^there is no integration nobody.*\n$/);
});

test('on a server of your own it prints the block to add there', async () => {
  const { code, stdout, stderr } = await run(['add', 'acme'], { NATS_URL: 'nats://elsewhere:4222' });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('events.acme.>');
});

test('works while the system is stopped, for the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'deskwire-'));
  const { code, stdout, stderr } = await run(['add', 'early', '--json'], { DATA_DIR: dataDir });
  expect({ code, stderr: stderr.includes('next npm start') }).toEqual({ code: 0, stderr: true });
  const login = issued.parse(JSON.parse(stdout));
  const later = await startNats({ dataDir });
  const nc = await connect({ servers: later.url, user: login.user, pass: login.password });
  await nc.jetstream().publish('events.early.ticket.snapshot', '{}');
  await nc.close();
  await later.stop();
});

test('no password is written to the disk', async () => {
  const { password } = await add('secretive');
  const dir = join(nats.dataDir, 'nats');
  for (const file of readdirSync(dir).filter((name) => !name.startsWith('jetstream'))) {
    expect(readFileSync(join(dir, file), 'utf8'), file).not.toContain(password);
    expect(readFileSync(join(dir, file), 'utf8'), file).not.toContain(nats.password);
  }
});
