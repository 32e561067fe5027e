import { session } from '@deskwire/contracts/session';
import type { Log } from '@deskwire/runtime/log';
import { Events, type KV, type KvEntry, type NatsConnection } from 'nats';
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
export function followRecords(buckets: Buckets, revocation: Pick<Revocation, 'seen' | 'renewed'>, log: Log) {
  let stops: (() => void)[] = [];
  let retry: NodeJS.Timeout | undefined;

  async function follow(bucket: Ground['bucket'], kv: KV, key: string): Promise<void> {
    const changes = await kv.watch({ key });
    stops.push(() => changes.stop());
    for await (const entry of changes) {
      const expiresAt = bucket === 'sessions' ? endOf(entry) : undefined;
      if (expiresAt === undefined) revocation.seen(bucket, entry);
      else revocation.renewed(entry.key, expiresAt);
    }
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
    follow('users', buckets.users, 'person.>').catch(broken);
    follow('sessions', buckets.sessions, 'session.>').catch(broken);
  }
  return { restart, stop };
}

/** When a session that is still there ends by its own clock, Unix time in ms: being renewed is all that happens to one. */
function endOf(entry: KvEntry): number | undefined {
  if (entry.operation !== 'PUT') return undefined;
  try {
    return Date.parse(session.parse(entry.json()).expires_at);
  } catch {
    return undefined; // Damaged: its sockets are cut, as if it had ended.
  }
}
