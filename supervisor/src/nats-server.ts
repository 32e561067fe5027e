import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathEnv } from '@deskwire/runtime/env';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import type { NatsConnection } from 'nats';
import { findProgram } from '../setup/find-program.mjs';
import { brokerFiles, jetstreamKeyVariable } from './nats-config.ts';
import { commandLine } from './process-identity.ts';

export interface NatsServerOptions {
  /** Folder of the broker; `server.conf` and `logins.conf` are there. */
  dir: string;
  /** 32 bytes. */
  jetstreamKey: Buffer;
  onLine: (line: string) => void;
}

/** Starts nats-server on its configuration, in a session of its own so that Ctrl-C reaches us alone. Throws when it is not installed. */
export function spawnNatsServer({ dir, jetstreamKey, onLine }: NatsServerOptions): ChildProcess {
  const program = findProgram(['nats-server']);
  if (program === undefined) throw new Error('nats-server is not installed; npm start installs it or says how');
  const files = brokerFiles(dir);
  mkdirSync(files.store, { recursive: true, mode: 0o700 });
  rmSync(files.pid, { force: true });
  const child = spawn(program, ['-c', files.config], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    // The server parses the value of a variable as configuration: a leading letter keeps hex from being read as a number.
    env: { ...pathEnv(), [jetstreamKeyVariable]: `k${jetstreamKey.toString('hex')}` },
  });
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  return child;
}

/**
 * Waits until the server of this name takes the login and its JetStream answers: streams are recovered by then. Another server under the
 * same port, which may take any login, is none. Rejects on abort.
 */
export async function untilNatsAnswers(
  login: NatsLogin & { NATS_USER: string },
  serverName: string,
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    signal.throwIfAborted();
    const nc = await tryConnect(login, login.NATS_USER);
    try {
      if (nc?.info?.server_name === serverName) {
        await (await nc.jetstreamManager()).getAccountInfo();
        return;
      }
    } catch {
      // It is still recovering its streams: asked again below, until the caller's patience ends.
    } finally {
      await nc?.close();
    }
    await sleep(50, undefined, { signal });
  }
}

/** One attempt; undefined when nobody listens or the login is refused. */
export async function tryConnect(login: NatsLogin, name: string): Promise<NatsConnection | undefined> {
  try {
    return await connectNats(login, name, {
      waitOnFirstConnect: false,
      reconnect: false,
      maxReconnectAttempts: 0,
      timeout: 2_000,
    });
  } catch {
    return undefined; // Not listening yet, or refused: the caller knows how long to try.
  }
}

/** The pid of the nats-server that runs on our configuration; undefined when none does. A pid file alone proves nothing. */
export function runningNatsServer(dir: string): number | undefined {
  const files = brokerFiles(dir);
  let pid: number;
  try {
    pid = Number(readFileSync(files.pid, 'utf8').trim());
  } catch {
    return undefined; // Never started here, or stopped in order: it removes its pid file.
  }
  const words = commandLine(pid);
  return pid > 1 && words.includes('nats-server') && words.endsWith(`-c ${files.config}`) ? pid : undefined;
}
