import type { Log } from '@deskwire/runtime/log';
import { Events, type KV, type NatsConnection } from 'nats';
import type { Ground } from './hub-socket.ts';
import type { Buckets } from './record-store.ts';
import type { Revocation } from './revocation.ts';

/** Whether NATS answers, and since when. Calls `onReconnect` each time it is back. Ends with the connection. */
export function watchLink(nc: NatsConnection, onReconnect: () => void): () => { connected: boolean; since: Date } {
  let state = { connected: true, since: new Date() };
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === Events.Disconnect) state = { connected: false, since: new Date() };
      if (status.type === Events.Reconnect) {
        state = { connected: true, since: new Date() };
        onReconnect();
      }
    }
  })();
  return () => state;
}

/**
 * Follows the records that sign-ins rest on, from the latest change of each one. `restart` opens the watches anew, as
 * after a reconnect, so that nothing which happened meanwhile is missed; a watch that breaks does so by itself.
 */
export function followRecords(buckets: Buckets, revocation: Pick<Revocation, 'seen'>, log: Log) {
  let stops: (() => void)[] = [];
  let retry: NodeJS.Timeout | undefined;

  async function follow(bucket: Ground['bucket'], kv: KV, key: string): Promise<void> {
    const changes = await kv.watch({ key });
    stops.push(() => changes.stop());
    for await (const entry of changes) revocation.seen(bucket, entry);
  }
  function broken(error: unknown): void {
    log.warn({ err: error }, 'cannot follow tokens and sessions; trying again');
    clearTimeout(retry);
    retry = setTimeout(restart, 1_000 + Math.random() * 500);
  }
  function stop(): void {
    clearTimeout(retry);
    for (const end of stops) end();
    stops = [];
  }
  function restart(): void {
    stop();
    follow('users', buckets.users, 'token.>').catch(broken);
    follow('sessions', buckets.sessions, 'session.>').catch(broken);
  }
  return { restart, stop };
}
