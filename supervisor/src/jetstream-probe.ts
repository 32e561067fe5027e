import type { Log } from '@deskwire/runtime/log';
import { errorMessage } from './error-message.ts';

export interface ProbeOptions {
  /** Stores something small in JetStream and waits for its acknowledgement. */
  write: () => Promise<unknown>;
  /** Whether this error means that no answer came at all. */
  isTimeout: (error: unknown) => boolean;
  /** False while the server is known to be down: then there is nothing to learn. */
  isUp: () => boolean;
  /** Ends a server that does not answer; it is started again by whoever runs it. */
  kill: () => void;
  everyMs: number;
  log: Log;
}

/** So many writes in a row without an answer mean that the server hangs for good. */
export const timeoutsMax = 3;

/**
 * Writes to JetStream every few seconds. nats-server 2.9 on a full disk stops answering for good, without a word and deaf
 * to SIGTERM (measured); what it acknowledged is there again after kill and start.
 */
export function watchJetStream({ write, isTimeout, isUp, kill, everyMs, log }: ProbeOptions): { stop: () => void } {
  let timeouts = 0;
  let refused = false;
  let stopped = false;
  let timer = setTimeout(() => void round(), everyMs);

  async function round(): Promise<void> {
    if (isUp()) await probe();
    else timeouts = 0;
    if (!stopped) timer = setTimeout(() => void round(), everyMs);
  }

  async function probe(): Promise<void> {
    try {
      await write();
      if (refused) log.warn('JetStream stores again');
      timeouts = 0;
      refused = false;
    } catch (error) {
      if (stopped || !isUp()) return;
      if (!isTimeout(error)) {
        // It answers, so it lives: a refusal (no space, wrong rights) is not mended by a restart.
        if (!refused) log.error({ alert: true, part: 'nats' }, `JetStream refuses to store: ${errorMessage(error)}`);
        timeouts = 0;
        refused = true;
        return;
      }
      timeouts++;
      log.warn({ part: 'nats', timeouts }, 'JetStream did not answer a write');
      if (timeouts < timeoutsMax) return;
      timeouts = 0;
      log.error(
        { alert: true, part: 'nats' },
        `JetStream has not answered ${timeoutsMax} writes in a row: killing nats-server`,
      );
      kill();
    }
  }

  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
