import { Events, type NatsConnection } from 'nats';

/**
 * Answers a signal that aborts when the connection breaks next, before anything can be sent to whoever answers then: a server that
 * comes back may have lost the end of its streams, and what was known of them is to be read again.
 */
export function watchConnection(nc: Pick<NatsConnection, 'status'>): () => AbortSignal {
  let lost = new AbortController();
  void (async () => {
    for await (const { type } of nc.status()) {
      if (type !== Events.Disconnect) continue;
      lost.abort(new Error('the connection to NATS broke'));
      lost = new AbortController();
    }
  })();
  return () => lost.signal;
}
