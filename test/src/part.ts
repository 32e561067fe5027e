import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { endProcess } from '@deskwire/supervisor/end-process';
import type { Watchdog } from '@deskwire/supervisor/watchdog';

/** A process of the system that a test may kill, stop and start again on the same data. */
export interface Part {
  name: string;
  pid: () => number;
  isRunning: () => boolean;
  /** Resolves when it says that it is ready. Rejects when it ends before. */
  start: () => Promise<void>;
  signal: (name: NodeJS.Signals) => void;
  /** kill -9; resolves when it is gone. */
  kill: () => Promise<void>;
  /** In order, and by force after a while. */
  stop: () => Promise<void>;
}

export interface PartOptions {
  name: string;
  spawn: () => ChildProcess;
  untilReady: (child: ChildProcess) => Promise<unknown>;
  /** Ends it when the test process dies, however it dies. */
  watchdog: Watchdog;
  /** Told when it ends without having been asked to. */
  onSurprise?: (name: string, how: string) => void;
}

export function createPart({ name, spawn: spawnChild, untilReady, watchdog, onSurprise }: PartOptions): Part {
  let child: ChildProcess | undefined;
  const asked = new WeakSet<ChildProcess>();

  async function start(): Promise<void> {
    const begun = spawnChild();
    child = begun;
    const pid = begun.pid ?? 0;
    watchdog.watch(pid);
    const gone = once(begun, 'exit').then(([code, signal]: unknown[]): never => {
      watchdog.forget(pid);
      const how = typeof code === 'number' ? `exit code ${code}` : String(signal);
      if (!asked.has(begun)) onSurprise?.(name, how);
      throw new PartEnded(`${name} ended: ${how}`);
    });
    gone.catch(() => undefined); // Only of interest while we wait for it to be ready.
    await Promise.race([untilReady(begun), gone]);
  }
  const end = async (how: (running: ChildProcess) => Promise<void>) => {
    if (child === undefined) return;
    asked.add(child);
    await how(child);
  };
  const isRunning = () => child?.pid !== undefined && child.exitCode === null && child.signalCode === null;

  return {
    ...{ name, start, isRunning },
    pid: () => child?.pid ?? 0,
    signal: (signal) => void child?.kill(signal),
    kill: () =>
      end(async (running) => {
        if (!isRunning()) return;
        const exited = once(running, 'exit');
        running.kill('SIGKILL');
        await exited;
      }),
    stop: () => end((running) => endProcess(running, 10_000)),
  };
}

/** One of our services, e.g. `ingest/src/main.ts`, as a child of its own session, with everything it says in `logFile` and a channel that closes when we die. */
export function spawnLogged(main: string, env: NodeJS.ProcessEnv, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(process.execPath, builtService(main), {
      env: { ...pathEnv(), ...env },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

export class PartEnded extends Error {
  override name = 'PartEnded';
}
