import childProcess from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { isAsLocked } from '../setup/node-modules.mjs';
import { requireNodeVersion } from '../setup/node-version.mjs';
import { installCommands, natsServer, requireProgram, type System } from '../setup/programs.mjs';
import { runCommand, withoutSecrets } from '../setup/run-command.mjs';
import { buildServices } from '../setup/services-build.mjs';
import { countResults } from '../setup/test-results.mjs';

const range = '>=20.19.0 <21';
const silent = () => undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A system that has these programs; installing adds nats-server to them. */
function system(programs: string[], more: Partial<System> = {}): System & { ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    find: (names) => names.find((name) => programs.includes(name)),
    isRoot: false,
    sudo: () => Promise.resolve(false),
    run: (command) => {
      ran.push(command.join(' '));
      if (command.includes('install')) programs.push('nats-server');
      return Promise.resolve({ code: 0, output: '' });
    },
    ...more,
  };
}

test.each(['20.19.0', '20.20.2'])('runs on Node %s', (version) => {
  expect(() => requireNodeVersion(version, range)).not.toThrow();
});
test.each(['18.20.8', '20.18.3', '21.0.0', '22.12.0'])('refuses Node %s in one line', (version) => {
  expect(() => requireNodeVersion(version, range)).toThrow(
    /^Deskwire needs Node\.js >=20\.19\.0 <21, this is [\d.]+:.*$/,
  );
});

test('a nats-server that is there is used and nothing is installed', async () => {
  const there = system(['nats-server', 'apt-get'], { isRoot: true });
  expect(await requireProgram(natsServer, silent, there)).toBe('nats-server');
  expect(there.ran).toEqual([]);
});

test('root installs it, and its package does not start a server of its own', async () => {
  const root = system(['apt-get'], { isRoot: true });
  await requireProgram(natsServer, silent, root);
  expect(root.ran.at(-1)).toBe(
    'env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq install -y --no-install-recommends nats-server',
  );
});

test('with sudo that asks nothing it is installed through it', async () => {
  const user = system(['apt-get'], { sudo: () => Promise.resolve(true) });
  await requireProgram(natsServer, silent, user);
  expect(user.ran.every((command) => command.startsWith('sudo -n env '))).toBe(true);
});

test('without the right to install it says in one line what to type, on each system', async () => {
  for (const programs of [['apt-get'], []]) {
    await expect(requireProgram(natsServer, silent, system(programs))).rejects.toThrow(
      /^nats-server is not installed.*apt-get install nats-server.*brew install nats-server.*docker run.*$/,
    );
  }
});

test('brew needs no other rights', async () => {
  expect(await installCommands(natsServer, system(['brew']))).toEqual([['brew', 'install', '--quiet', 'nats-server']]);
});

test('what npm installed is compared with the lockfile, less what is optional', () => {
  const lock = (packages: object) => JSON.stringify({ packages });
  const wanted = lock({
    '': {},
    hub: {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', optional: true },
  });
  expect(isAsLocked(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
  expect(isAsLocked(wanted, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
  expect(isAsLocked(wanted, lock({}))).toBe(false);
  const sealed = (integrity: string) => lock({ 'node_modules/a': { version: '1.0.0', integrity } });
  expect(isAsLocked(sealed('sha512-x'), sealed('sha512-y'))).toBe(false);
});

test('a run that ends badly never counts as clean', () => {
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((one) => ({ status: one })),
  });
  const report = (numPassedTests: number, numFailedTests: number, ...testResults: ReturnType<typeof file>[]) => ({
    numPassedTests,
    numFailedTests,
    testResults,
  });
  expect(countResults(report(2, 0, file('passed', 'passed', 'passed')), 0)).toEqual({ passed: 2, failed: 0 });
  expect(countResults(report(1, 1, file('failed', 'passed', 'failed')), 1)).toEqual({ passed: 1, failed: 1 });
  expect(countResults(report(0, 0, file('failed')), 1)).toEqual({ passed: 0, failed: 1 });
  expect(countResults(report(3, 0, file('passed', 'passed')), 1)).toEqual({ passed: 3, failed: 1 });
  expect(countResults(undefined, 137)).toEqual({ passed: 0, failed: 1 });
});

const secrets = ['MASTER_KEY', 'NATS_PASSWORD', 'NATS_URL', 'CLICKHOUSE_PASSWORD', 'SMTP_URL', 'AWS_SECRET_ACCESS_KEY'];

test('programs that the set-up runs get what npm goes by, and no secret', async () => {
  for (const name of secrets) vi.stubEnv(name, 'secret');
  vi.stubEnv('npm_config_registry', 'https://registry.example');
  const { output } = await runCommand(['env'], { env: { NODE_ENV: 'production' } });
  const names = output.split('\n').map((line) => line.replace(/=.*/, ''));
  expect(names).toEqual(expect.arrayContaining(['PATH', 'npm_config_registry', 'NODE_ENV']));
  expect(secrets.filter((name) => names.includes(name))).toEqual([]);
});

test('proxies, certificates and the folders of npm and the system are passed on', () => {
  const needed = {
    ...{ PATH: '/bin', HOME: '/home/a', CI: 'true', NODE_EXTRA_CA_CERTS: '/ca.pem', LC_ALL: 'C' },
    ...{ https_proxy: 'http://proxy', NO_PROXY: 'localhost', npm_config_cache: '/cache' },
  };
  expect(withoutSecrets({ ...needed, TIME_ZONE: 'UTC', PATHS: '/x' })).toEqual(needed);
});

test('esbuild, which leaves a program running with our environment, is started by a process that ends', async () => {
  const spawnedByPackages = vi.spyOn(childProcess, 'spawn');
  const root = mkdtempSync(join(tmpdir(), 'deskwire-setup-'));
  await expect(buildServices(root)).rejects.toThrow(/the services could not be built\n.*Could not resolve/s);
  expect(spawnedByPackages).not.toHaveBeenCalled();
  rmSync(root, { recursive: true });
});
