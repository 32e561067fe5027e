import { EnvError } from './env.ts';
import { createLog, type Log } from './log.ts';

export interface Service {
  log: Log;
  /** Registers what has to be undone on stop; run backwards. */
  onStop: (close: () => unknown) => void;
  /** Stops the process for a reason that a restart may heal. */
  fail: (error: unknown) => void;
}

const stopTimeoutMs = 20_000;

/**
 * Runs one process: builds it, waits for SIGTERM, SIGINT or the end of the parent, closes backwards and exits.
 * Exit codes: 0 stopped, 1 failed, 2 wrong environment.
 */
export async function runService(name: string, build: (service: Service) => Promise<void>): Promise<void> {
  const log = createLog(name);
  const closers: (() => unknown)[] = [];
  let stopping = false;

  async function stop(code: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(code === 0 ? 1 : code), stopTimeoutMs).unref();
    for (const close of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        log.warn({ err: error }, 'could not close a part while stopping');
      }
    }
    process.exit(code);
  }
  const fail = (error: unknown) => {
    log.fatal({ err: error }, 'stopping after a failure');
    void stop(1);
  };

  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  // The channel closes when the supervisor dies, however it dies: no process is left behind.
  process.on('disconnect', () => void stop(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  try {
    await build({ log, fail, onStop: (close) => closers.push(close) });
    process.send?.({ ready: name });
  } catch (error) {
    if (error instanceof EnvError) {
      log.fatal(error.message);
      await stop(2);
    } else fail(error);
  }
}
