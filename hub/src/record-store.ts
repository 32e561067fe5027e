import type { KV, NatsConnection } from 'nats';
import type { Ground } from './hub-socket.ts';
import type { RecordStore } from './sign-in.ts';

/** The buckets that sign-in rests on. */
export interface Buckets {
  users: KV;
  sessions: KV;
}

/** Opens them; the supervisor has made them. Rejects when NATS does not answer or one is missing. */
export async function openBuckets(nc: NatsConnection): Promise<Buckets> {
  const js = nc.jetstream();
  const [users, sessions] = await Promise.all([js.views.kv('users'), js.views.kv('sessions')]);
  return { users, sessions };
}

export function createRecordStore(buckets: Buckets): RecordStore {
  return {
    read: async (bucket: Ground['bucket'], key: string) => {
      const entry = await buckets[bucket].get(key);
      return entry?.operation === 'PUT' ? { text: entry.string(), revision: entry.revision } : undefined;
    },
  };
}
