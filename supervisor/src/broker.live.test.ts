import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '@deskwire/runtime/nats';
import { createLog } from '@deskwire/runtime/log';
import { deriveKey } from '@deskwire/vault/master-key';
import { StringCodec } from 'nats';
import { afterEach, expect, test, vi } from 'vitest';
import { startBroker, type Broker } from './broker.ts';
import { endProcess } from './end-process.ts';
import { newServerName } from './nats-config.ts';
import { untilNatsAnswers } from './nats-server.ts';
import { newPassword } from './password.ts';
import { freePort, startNats } from './start-nats.ts';
import { createWatchdog } from './watchdog.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function broker(dataDir = mkdtempSync(join(tmpdir(), 'deskwire-'))): Promise<Broker & { dataDir: string }> {
  const watchdog = createWatchdog();
  closers.push(watchdog.close);
  const started = await startBroker({
    dataDir,
    port: await freePort(),
    jetstreamKey: deriveKey(Buffer.alloc(32, 1), 'jetstream'),
    operatorPassword: newPassword(),
    log: createLog('supervisor', 'silent'),
    onSpawn: (_, pid) => watchdog.watch(pid),
    onExit: watchdog.forget,
    onStop: (close) => closers.push(close),
    probe: { everyMs: 100, withinMs: 300 },
  });
  return { ...started, dataDir };
}

async function untilReplaced({ child }: Broker, before: number): Promise<number> {
  return vi.waitFor(
    () => {
      const pid = child.pid();
      expect(pid !== undefined && pid !== before && child.isReady()).toBe(true);
      return pid ?? 0;
    },
    { timeout: 20_000, interval: 20 },
  );
}

test('comes back after kill -9 with everything that it acknowledged', async () => {
  const { child, loginOf } = await broker();
  const nc = await connectNats(loginOf('operator'), 'operator');
  closers.push(() => nc.close());
  const js = nc.jetstream({ timeout: 2_000 });
  let acknowledged = 0;
  let ended = false;
  const publishing = (async () => {
    while (!ended) {
      const acks = await Promise.allSettled(Array.from({ length: 50 }, () => js.publish('events.test.batch', '[]')));
      acknowledged += acks.filter(({ status }) => status === 'fulfilled').length;
    }
  })();
  for (let round = 0; round < 3; round++) {
    await vi.waitFor(() => expect(acknowledged).toBeGreaterThan((round + 1) * 300), { timeout: 20_000 });
    const pid = child.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await untilReplaced({ child, loginOf }, pid);
  }
  ended = true;
  await publishing;
  const { state } = await (await nc.jetstreamManager()).streams.info('EVENTS');
  // What was stored but not acknowledged in time may be there too.
  expect(state.messages).toBeGreaterThanOrEqual(acknowledged);
});

test('does not take another server under its port for its own, although that one lets everybody in', async () => {
  const port = await freePort();
  const store = mkdtempSync(join(tmpdir(), 'deskwire-'));
  const args = ['-a', '127.0.0.1', '-p', String(port), '-n', 'foreign', '-js', '-sd', store];
  const foreign = spawn('nats-server', args, { stdio: 'ignore' });
  closers.push(() => endProcess(foreign, 3_000));
  const login = { NATS_URL: `nats://127.0.0.1:${port}`, NATS_USER: 'supervisor', NATS_PASSWORD: 'any' };
  await untilNatsAnswers(login, 'foreign', AbortSignal.timeout(20_000));
  await expect(untilNatsAnswers(login, newServerName(), AbortSignal.timeout(2_000))).rejects.toThrow('aborted');
});

test('finds its streams under another server name', async () => {
  const before = await broker();
  const nameOf = async ({ loginOf }: Broker) => {
    const nc = await connectNats(loginOf('operator'), 'operator');
    await nc.jetstream().publish('events.test.batch', '[]');
    const { state } = await (await nc.jetstreamManager()).streams.info('EVENTS');
    const name = nc.info?.server_name;
    await nc.close();
    return { name, messages: state.messages };
  };
  const first = await nameOf(before);
  expect(first.messages).toBe(1);
  for (const close of closers.splice(0).reverse()) await close();
  const second = await nameOf(await broker(before.dataDir));
  expect(second.name).not.toBe(first.name);
  expect(second.messages).toBe(2);
});

test('is killed and started again when it hangs', async () => {
  const started = await broker();
  const pid = started.child.pid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  const next = await untilReplaced(started, pid);
  expect(next).not.toBe(pid);
  const nc = await connectNats(started.loginOf('operator'), 'operator');
  await nc.jetstream().publish('events.test.batch', '[]');
  await nc.close();
});

test('a bucket that fills is given more room, and a kill right then takes nothing of what it holds by then', async () => {
  const started = await broker();
  const nc = await connectNats(started.loginOf('workflows'), 'workflows');
  closers.push(() => nc.close());
  const look = async () => {
    const operator = await connectNats(started.loginOf('operator'), 'operator');
    const { state, config } = await (await operator.jetstreamManager()).streams.info('KV_customers');
    await operator.close();
    return { messages: state.messages, first: state.first_seq, maxBytes: config.max_bytes };
  };
  const { maxBytes } = await look();
  const profile = Buffer.alloc(2 ** 20);
  let stored = 0;
  while (stored * profile.length <= maxBytes) {
    // Refused for as long as it takes to raise the limit.
    await vi.waitFor(() => nc.jetstream().publish(`$KV.customers.test.${stored}`, profile), { timeout: 15_000 });
    stored += 1;
  }
  const pid = started.child.pid() ?? 0;
  process.kill(pid, 'SIGKILL');
  await untilReplaced(started, pid);
  const after = await look();
  expect(after).toMatchObject({ messages: stored, first: 1 });
  expect(after.maxBytes).toBeGreaterThan(maxBytes);
});

test('keeps nothing in clear on the disk, and opens it with the same key only', async () => {
  const nats = await startNats({ masterKey: Buffer.alloc(32, 3) });
  const nc = await connectNats(nats.env('operator'), 'operator');
  const marker = 'marker-7c1f0b52';
  await nc.jetstream().publish('events.test.batch', StringCodec().encode(marker.repeat(100)));
  await (await nc.jetstream().views.kv('config')).put('some.key', marker);
  await nc.close();
  await nats.stop();
  const found = execFileSync('sh', ['-c', `grep -rl ${marker} ${nats.dataDir} || true`], { encoding: 'utf8' });
  expect(found).toBe('');

  const again = await startNats({ masterKey: Buffer.alloc(32, 3), dataDir: nats.dataDir });
  const reader = await connectNats(again.env('operator'), 'operator');
  const stored = await (await reader.jetstreamManager()).streams.getMessage('EVENTS', { seq: 1 });
  expect(stored.string()).toContain(marker);
  await reader.close();
  await again.stop();
});

test('the broker ends when the process that runs it is killed', async () => {
  const script = `import { startNats } from ${JSON.stringify(new URL('start-nats.ts', import.meta.url).href)};
    const { pid } = await startNats();
    process.stdout.write(String(pid));
    process.kill(process.pid, 'SIGKILL');`;
  let pid = 0;
  try {
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    pid = error instanceof Error && 'stdout' in error ? Number(error.stdout) : 0;
  }
  expect(pid).toBeGreaterThan(1);
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(/ESRCH/), { timeout: 10_000 });
});
