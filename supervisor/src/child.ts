import type { ChildProcess } from 'node:child_process';
import type { Log } from '@deskwire/runtime/log';
import { endProcess } from './end-process.ts';

export interface ChildOptions {
  part: string;
  /** A new process; throws when it cannot be made. */
  spawn: () => ChildProcess;
  /** Resolves when it can do its work; has to reject on abort. */
  ready: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
  readyWithinMs: number;
  stopWithinMs: number;
  log: Log;
  onSpawn?: (pid: number) => void;
  onExit?: (pid: number) => void;
}

export interface Child {
  part: string;
  /** Resolves when it is ready for the first time; throws ChildFailed when it ends or takes too long before that. */
  start: () => Promise<void>;
  /** True between ready and the end of the process. */
  isReady: () => boolean;
  pid: () => number | undefined;
  /** For a process that hangs: it comes back as after any other death. */
  kill: () => void;
  stop: () => Promise<void>;
}

type State =
  | { is: 'stopped' }
  | { is: 'starting'; process: ChildProcess }
  | { is: 'ready'; process: ChildProcess; sinceMs: number }
  | { is: 'waiting'; timer: NodeJS.Timeout };

const steadyMs = 60_000;

/** One part of the system as a process that is started again whenever it dies, with growing pauses. */
export function createChild(options: ChildOptions): Child {
  const { part, log } = options;
  let state: State = { is: 'stopped' };
  let deaths = 0;
  let stopping = false;

  /** Resolves when ready, rejects with ChildFailed; afterwards the child restarts by itself until it is stopped. */
  async function run(): Promise<void> {
    const process = options.spawn();
    const pid = process.pid ?? 0;
    state = { is: 'starting', process };
    if (pid > 0) options.onSpawn?.(pid);

    const patience = new AbortController();
    let failure: ChildFailed | undefined;
    const fail = (why: string) => {
      failure ??= new ChildFailed(part, why);
      patience.abort(failure);
      return failure;
    };
    const timer = setTimeout(
      () => fail(`was not ready within ${options.readyWithinMs / 1_000} s`),
      options.readyWithinMs,
    );
    const ended = new Promise<never>((_, reject) => {
      const end = (why: string) => {
        if (pid > 0) options.onExit?.(pid);
        const wasReadyMs = state.is === 'ready' ? performance.now() - state.sinceMs : undefined;
        state = { is: 'stopped' };
        reject(fail(why));
        if (wasReadyMs !== undefined && !stopping) again(why, wasReadyMs);
      };
      process.once('exit', (code, signal) => end(`ended with ${signal ?? `code ${code ?? 'unknown'}`}`));
      process.once('error', (error) => {
        if (process.pid === undefined) end(`could not be started: ${error.message}`);
      });
    });
    // Its end after it became ready is dealt with above; nobody awaits this promise any more by then.
    ended.catch(() => undefined);
    try {
      await Promise.race([options.ready(process, patience.signal), ended]);
      patience.signal.throwIfAborted();
      state = { is: 'ready', process, sinceMs: performance.now() };
    } catch (error) {
      await endProcess(process, options.stopWithinMs);
      throw failure ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  function again(why: string, wasReadyMs: number): void {
    deaths = wasReadyMs > steadyMs ? 1 : deaths + 1;
    const pauseMs = restartPauseMs(deaths);
    log.error({ alert: true, part, deaths, pauseMs }, `${part} ${why}; starting it again`);
    state = { is: 'waiting', timer: setTimeout(() => void restart(), pauseMs) };
  }

  async function restart(): Promise<void> {
    try {
      await run();
      log.warn({ part, process: pid() }, `${part} is back`);
    } catch (error) {
      if (!stopping) again(error instanceof ChildFailed ? error.why : String(error), 0);
    }
  }

  const pid = () => (state.is === 'starting' || state.is === 'ready' ? state.process.pid : undefined);

  return {
    part,
    start: run,
    isReady: () => state.is === 'ready',
    pid,
    kill: () => {
      if (state.is === 'ready') state.process.kill('SIGKILL');
    },
    stop: async () => {
      stopping = true;
      if (state.is === 'waiting') clearTimeout(state.timer);
      if (state.is === 'starting' || state.is === 'ready') await endProcess(state.process, options.stopWithinMs);
    },
  };
}

/** Pause before the next start after so many deaths in a row: 0.2 s, doubling up to 15 s. */
export const restartPauseMs = (deaths: number) => Math.min(15_000, 200 * 2 ** (deaths - 1));

export class ChildFailed extends Error {
  override name = 'ChildFailed';
  readonly why: string;
  constructor(part: string, why: string) {
    super(`${part} ${why}`);
    this.why = why;
  }
}
