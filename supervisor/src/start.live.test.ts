import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@deskwire/clickhouse/engine/start-engine';
import { credentialsFile, readCredentials } from '@deskwire/runtime/credentials';
import { pathEnv } from '@deskwire/runtime/env';
import { connect } from 'nats';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { supervisorLock } from './data-dir.ts';
import { ask } from './http-answers.ts';
import { processIdentity } from './process-identity.ts';
import { root } from './service-child.ts';
import { freePort } from './start-nats.ts';

const startMs = 150_000;
const stopMs = 15_000;
const running: ChildProcess[] = [];
afterEach(() => {
  for (const npm of running.splice(0)) npm.kill('SIGTERM');
});

/** A nats-server as somebody runs it who is not us: one login that may do everything. */
async function startOwnNats() {
  const [port, dir] = [await freePort(), mkdtempSync(join(tmpdir(), 'deskwire-own-nats-'))];
  const login = { NATS_USER: 'owner', NATS_PASSWORD: 'of the server' };
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', dir];
  const server = spawn('nats-server', [...args, '--user', login.NATS_USER, '--pass', login.NATS_PASSWORD], {
    stdio: 'ignore',
  });
  running.push(server);
  const url = `nats://127.0.0.1:${port}`;
  const connectAs = () => connect({ servers: url, user: login.NATS_USER, pass: login.NATS_PASSWORD });
  const nc = await vi.waitFor(connectAs, { timeout: 20_000, interval: 50 });
  return { env: { NATS_URL: url, ...login }, nc };
}

interface Run {
  npm: ChildProcess;
  url: string;
  output: string;
  /** The supervisor and everything that it started. */
  pids: number[];
}

async function makePlace() {
  const [nats, clickhouse, web, hub] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const dataDir = mkdtempSync(join(tmpdir(), 'deskwire-start-'));
  const ports = {
    NATS_PORT: String(nats),
    CLICKHOUSE_PORT: String(clickhouse),
    WEB_PORT: String(web),
    HUB_PORT: String(hub),
  };
  return { dataDir, env: { ...pathEnv(), HOME: process.env['HOME'], DATA_DIR: dataDir, ...ports } };
}

/** `npm start` as people type it, until it says that it is ready. */
async function start({ dataDir, env }: Awaited<ReturnType<typeof makePlace>>): Promise<Run> {
  const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(npm);
  let output = '';
  npm.stdout.on('data', (text: Buffer) => (output += text.toString()));
  npm.stderr.on('data', (text: Buffer) => (output += text.toString()));
  await vi.waitFor(
    () => {
      if (npm.exitCode !== null) throw new Error(`npm start ended: ${output}`);
      expect(output).toMatch(/^ready http/m);
    },
    { timeout: startMs, interval: 50 },
  );
  const url = /^ready (\S+)$/m.exec(output)?.[1] ?? '';
  const children = z.array(z.object({ pid: z.number() })).parse(readJson(join(dataDir, 'children.json')));
  const supervisor = z.object({ pid: z.number() }).parse(readJson(supervisorLock(dataDir)));
  return { npm, url, output, pids: [supervisor, ...children].map(({ pid }) => pid) };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

async function untilNothingIsLeft(pids: number[]): Promise<void> {
  await vi.waitFor(() => expect(pids.filter((pid) => processIdentity(pid) !== undefined)).toEqual([]), {
    timeout: stopMs,
    interval: 100,
  });
}

test(
  'starts everything, keeps its credentials, and leaves nothing behind however it is ended',
  { timeout: 4 * startMs },
  async () => {
    const place = await makePlace();
    const first = await start(place);
    expect(first.url).toBe(`http://127.0.0.1:${place.env.WEB_PORT}`);
    expect(first.output.match(/ready http/g)).toHaveLength(1);
    expect(first.output).toContain('npm run token -- add --role admin --name you');
    expect(first.pids).toHaveLength(8);
    expect(await ask(`${first.url}/readyz`)).toMatchObject({ status: 200 });

    const file = credentialsFile(place.dataDir);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const credentials = readCredentials(file);
    await expect(connect({ servers: credentials?.nats.url ?? '' })).rejects.toThrow(/authorization/i);
    expect(await ask(`${credentials?.clickhouse.url ?? ''}/?query=SELECT%201`)).not.toMatchObject({ status: 200 });

    first.npm.kill('SIGTERM');
    await untilNothingIsLeft(first.pids);

    const second = await start(place);
    expect(readCredentials(file)).toEqual(credentials);
    second.npm.kill('SIGKILL');
    await untilNothingIsLeft(second.pids);

    const third = await start(place);
    process.kill(third.pids[0] ?? 0, 'SIGKILL');
    await untilNothingIsLeft(third.pids);
  },
);

test(
  'uses servers of your own, embeds none, and leads their first administrator in instead of people of a demo',
  { timeout: 2 * startMs },
  async () => {
    const [place, own, engine] = [await makePlace(), await startOwnNats(), await startEngine()];
    const clickhouse = {
      ...{ CLICKHOUSE_URL: engine.url, CLICKHOUSE_USER: engine.user, CLICKHOUSE_PASSWORD: engine.password },
      CLICKHOUSE_DATABASE: engine.database,
    };
    const run = await start({ ...place, env: { ...place.env, ...own.env, ...clickhouse } });
    expect(run.output).toMatch(/first administrator.*\n.* http:\S+\/welcome/);
    expect(run.output).not.toContain('demo');
    // The supervisor, its watchdog's and four services: neither nats-server, nor engine, nor demo.
    expect(run.pids).toHaveLength(5);
    const people = await own.nc.jetstream().views.kv('users');
    const keys: string[] = [];
    for await (const key of await people.keys()) keys.push(key);
    // The link that was printed, and nobody.
    expect(keys).toEqual([expect.stringMatching(/^link\./)]);

    const heard = { specversion: '1.0', id: '1', source: 'crm/own', type: 'ticket.snapshot' };
    const at = new Date().toISOString();
    const data = { ticket_id: '1', status: 'open', created_at: at, updated_at: at };
    const event = { ...heard, time: at, data };
    await own.nc.jetstream().publish('events.crm.ticket.snapshot', JSON.stringify(event));
    const counted = `${engine.url}/?query=SELECT%20count()%20FROM%20tickets&database=${engine.database}`;
    const asEngine = { authorization: `Basic ${btoa(`${engine.user}:${engine.password}`)}` };
    await expect
      .poll(async () => (await fetch(counted, { headers: asEngine })).text(), { timeout: 30_000 })
      .toBe('1\n');
    run.npm.kill('SIGTERM');
    await untilNothingIsLeft(run.pids);
    await own.nc.close();
    await engine.stop();
  },
);
