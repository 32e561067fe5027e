import type { JetStreamManager, NatsConnection } from 'nats';

const timeoutMs = 2_000;

/** Asks a stream for its last position; null when NATS does not answer in time or will not say. */
export function streamHeads(nc: NatsConnection): (stream: string) => Promise<{ lastSeq: number } | null> {
  let manager: Promise<JetStreamManager> | undefined;
  return async (stream) => {
    try {
      manager ??= nc.jetstreamManager({ timeout: timeoutMs, checkAPI: false });
      const { state } = await (await manager).streams.info(stream);
      return { lastSeq: state.last_seq };
    } catch {
      return null; // The report then says that it is not known what is waiting.
    }
  };
}
