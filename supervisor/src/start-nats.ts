import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '@deskwire/runtime/nats';
import { deriveKey } from '@deskwire/vault/master-key';
import { issueServiceLogins, replaceFile } from './broker-logins.ts';
import { endProcess } from './end-process.ts';
import { ensureStreams } from './ensure-streams.ts';
import type { ServiceName } from './logins.ts';
import { brokerFiles, newServerName, renderServer } from './nats-config.ts';
import { spawnNatsServer, untilNatsAnswers } from './nats-server.ts';
import { newPassword } from './password.ts';
import { wantedStreams } from './streams.ts';
import { createWatchdog } from './watchdog.ts';

export interface Login {
  user: string;
  password: string;
}

export interface TestNats extends Login {
  url: string;
  port: number;
  dataDir: string;
  masterKey: Buffer;
  pid: number;
  /** What each service signs in with; `user` and `password` above are the operator's. */
  logins: Record<ServiceName, Login>;
  /** The environment of one service, ready for `connectNats` or a child process. */
  env: (service: ServiceName) => { NATS_URL: string; NATS_USER: string; NATS_PASSWORD: string };
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves when the process has ended. */
  exited: Promise<unknown>;
  stop: () => Promise<void>;
}

export interface TestNatsOptions {
  /** Default: a new folder below the system's for temporary files. Start again on the same one to find what was stored. */
  dataDir?: string;
  /** Default: a free one. */
  port?: number;
  /** 32 bytes; default: all sevens. */
  masterKey?: Buffer;
  /** What the streams may promise together. */
  budgetBytes?: number;
}

/**
 * The embedded broker as `npm start` runs it, for live tests and the chaos run: encrypted, with every login, stream and
 * bucket. It is not restarted when it dies, and it ends when this process does.
 */
export async function startNats(options: TestNatsOptions = {}): Promise<TestNats> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'deskwire-'));
  const masterKey = options.masterKey ?? Buffer.alloc(32, 7);
  const port = options.port ?? (await freePort());
  const dir = join(dataDir, 'nats');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const serverName = newServerName();
  replaceFile(brokerFiles(dir).config, renderServer({ name: serverName, host: '127.0.0.1', port, dir }));
  const passwords = await issueServiceLogins(dir, newPassword());
  const url = `nats://127.0.0.1:${port}`;
  const env = (service: ServiceName) => ({ NATS_URL: url, NATS_USER: service, NATS_PASSWORD: passwords[service] });

  const said: string[] = [];
  const child = spawnNatsServer({
    dir,
    jetstreamKey: deriveKey(masterKey, 'jetstream'),
    onLine: (line) => said.push(line),
  });
  const exited = once(child, 'exit');
  const watchdog = createWatchdog();
  const pid = child.pid ?? 0;
  watchdog.watch(pid);
  const stop = async () => {
    await endProcess(child, 3_000);
    watchdog.close();
  };

  try {
    const gone = exited.then(() => {
      throw new Error(`nats-server ended at start: ${said.slice(-5).join('\n')}`);
    });
    await Promise.race([untilNatsAnswers(env('supervisor'), serverName, AbortSignal.timeout(30_000)), gone]);
    const nc = await connectNats(env('supervisor'), 'supervisor');
    await ensureStreams(await nc.jetstreamManager(), wantedStreams(options.budgetBytes ?? 8 * 2 ** 30));
    await nc.close();
  } catch (error) {
    await stop();
    throw error;
  }
  const login = (service: ServiceName): Login => ({ user: service, password: passwords[service] });
  return {
    ...{ url, port, dataDir, masterKey, pid, exited, env, stop },
    ...login('operator'),
    logins: {
      supervisor: login('supervisor'),
      operator: login('operator'),
      ingest: login('ingest'),
      hub: login('hub'),
      web: login('web'),
      connectors: login('connectors'),
      workflows: login('workflows'),
      demo: login('demo'),
    },
    kill: (signal) => void child.kill(signal),
  };
}

/**
 * A port that nobody listens on at this moment, below the range from which systems take the ports of clients (Linux from
 * 32,768): a connection that is opened before the server starts cannot take it away.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer();
    const isFree = new Promise<boolean>((resolve) => {
      server.once('listening', () => resolve(true));
      server.once('error', () => resolve(false));
    });
    server.listen(port, '127.0.0.1');
    if (!(await isFree)) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
