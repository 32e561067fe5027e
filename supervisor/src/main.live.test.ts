import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { supervisorLock } from './data-dir.ts';
import { takeFileLock } from './file-lock.ts';
import { openMasterKey } from './master-key.ts';
import { root } from './service-child.ts';
import { freePort } from './start-nats.ts';

let dataDir: string;
const servers: Server[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'deskwire-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A start that has to be refused: its exit code and what it says on stderr. */
async function refusedStart(
  variables: NodeJS.ProcessEnv,
): Promise<{ code: number | null; said: string; stdout: string }> {
  const ports = await Promise.all(Array.from({ length: 4 }, freePort));
  const [nats, clickhouse, web, hub] = ports.map(String);
  const child = spawn(process.execPath, builtService('supervisor/src/main.ts'), {
    cwd: root,
    env: {
      ...pathEnv(),
      DATA_DIR: dataDir,
      NATS_PORT: nats,
      CLICKHOUSE_PORT: clickhouse,
      WEB_PORT: web,
      HUB_PORT: hub,
      ...variables,
    },
  });
  let said = '';
  let stdout = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  await once(child, 'close');
  return { code: child.exitCode, said, stdout };
}

async function occupy(): Promise<string> {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? String(address.port) : '';
}

test.each(['NATS_PORT', 'CLICKHOUSE_PORT', 'WEB_PORT', 'HUB_PORT'])(
  'refuses a port in use in one line that names %s, and starts nothing',
  async (variable) => {
    const port = await occupy();
    const { code, said, stdout } = await refusedStart({ [variable]: port });
    expect(said).toMatch(new RegExp(`^deskwire: port ${port}, wanted for .*${variable}.*\n$`));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(dataDir)).toEqual([]);
  },
);

test.each([
  ['WEB_PORT', { WEB_PORT: 'eighty' }],
  ['TIME_ZONE', { TIME_ZONE: 'Mars/Olympus' }],
  ['MASTER_KEY', { MASTER_KEY: 'short' }],
  ['BIND_HOST', { BIND_HOST: '0.0.0.0' }],
  ['TLS_CERT_FILE', { TLS_CERT_FILE: '/nowhere.pem', TLS_KEY_FILE: '/nowhere.key' }],
])('refuses a wrong %s in one line that names it', async (variable, variables) => {
  const { code, said } = await refusedStart(variables);
  expect(said).toMatch(new RegExp(`^deskwire: ${variable} .*\n$`));
  expect(code).toBe(2);
});

test('outside loopback the key has to come from the environment', async () => {
  const file = join(dataDir, 'any.pem');
  writeFileSync(file, '');
  const { said } = await refusedStart({ BIND_HOST: '0.0.0.0', TLS_CERT_FILE: file, TLS_KEY_FILE: file });
  expect(said).toMatch(/^deskwire: MASTER_KEY is missing: outside loopback.*\n$/);
});

test('refuses another master key than the one the data was written with', async () => {
  openMasterKey({ dataDir, given: Buffer.alloc(32, 1), fileAllowed: true });
  const before = readdirSync(dataDir);
  const { code, said } = await refusedStart({ MASTER_KEY: Buffer.alloc(32, 2).toString('base64') });
  expect(said).toMatch(/^deskwire: MASTER_KEY is not the key that .* was written with.*\n$/);
  expect(code).toBe(2);
  expect(readdirSync(dataDir)).toEqual(before);
});

test('refuses a folder that another one runs on', async () => {
  const taken = takeFileLock(supervisorLock(dataDir));
  const { code, said } = await refusedStart({});
  expect(said).toMatch(new RegExp(`^deskwire: Deskwire already runs on ${dataDir} \\(process ${process.pid}\\).*\n$`));
  expect(code).toBe(2);
  if ('lock' in taken) taken.lock.release();
});
