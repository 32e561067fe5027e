import type { Bucket } from '@deskwire/contracts/subjects';
import { Events, NatsError, type JetStreamManager, type KV, type NatsConnection } from 'nats';

/** NATS does not answer: what depends on it is unknown, and the rest goes on. */
export class NatsAway extends Error {
  override name = 'NatsAway';
}

/** Whether a call on NATS failed because of NATS, not of us. */
export function isNatsAway(error: unknown): boolean {
  return error instanceof NatsAway || error instanceof NatsError;
}

export interface NatsLink {
  /** The connection while it works. Throws NatsAway at once, instead of waiting for a time-out. */
  connection: () => NatsConnection;
  bucket: (name: Bucket) => Promise<KV>;
  /** Last position of a stream; null when NATS does not answer. */
  streamHead: (stream: string) => Promise<{ lastSeq: number } | null>;
  /** Runs a call on NATS; whatever goes wrong with it is NatsAway. */
  ask: <Answer>(call: () => Promise<Answer>) => Promise<Answer>;
  close: () => Promise<void>;
}

const retryMs = 1_000;
const timeoutMs = 2_000;

/** Keeps one connection in the background: the web server answers before NATS does, and goes on without it. */
export function createNatsLink(connect: () => Promise<NatsConnection>, onError: (error: unknown) => void): NatsLink {
  let nc: NatsConnection | undefined;
  let connected = false;
  let closing = false;
  let manager: Promise<JetStreamManager> | undefined;
  const buckets = new Map<Bucket, Promise<KV>>();

  async function keep(): Promise<void> {
    while (!closing) {
      try {
        nc = await connect();
        connected = true;
        for await (const status of nc.status()) {
          if (status.type === Events.Disconnect) connected = false;
          if (status.type === Events.Reconnect) connected = true;
        }
      } catch (error) {
        onError(error);
      }
      connected = false;
      buckets.clear();
      manager = undefined;
      await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random())));
    }
  }
  void keep();

  function connection(): NatsConnection {
    if (nc === undefined || !connected) throw new NatsAway('NATS does not answer');
    return nc;
  }
  async function ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (cause) {
      throw new NatsAway('NATS does not answer', { cause });
    }
  }
  async function bucket(name: Bucket): Promise<KV> {
    const open =
      buckets.get(name) ?? connection().jetstream({ timeout: timeoutMs }).views.kv(name, { timeout: timeoutMs });
    buckets.set(name, open);
    try {
      const kv = await open;
      connection();
      return kv;
    } catch (error) {
      buckets.delete(name);
      throw error;
    }
  }

  return {
    connection,
    bucket,
    ask,
    streamHead: async (stream) => {
      try {
        manager ??= connection().jetstreamManager({ timeout: timeoutMs, checkAPI: false });
        return { lastSeq: (await (await manager).streams.info(stream)).state.last_seq };
      } catch {
        return null; // The report then says that it is not known what is waiting.
      }
    },
    close: async () => {
      closing = true;
      await nc?.close();
    },
  };
}
