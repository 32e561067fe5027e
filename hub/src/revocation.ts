import type { KvEntry } from 'nats';
import type { Ground, SignedIn } from './hub-socket.ts';

/** As much of a socket as revoking needs. */
export interface Cuttable {
  id: string;
  data: { who: SignedIn };
  cut: () => void;
}

/** Longer than any sign-in takes. */
const keptMs = 60_000;

/**
 * Cuts sockets whose token, session or role changed after they signed in. `seen` takes every change of the records, in
 * order; `admit` takes each new socket, also one whose record changed while it was signing in.
 */
export function createRevocation() {
  /** Newest revisions, of the last minute and of the one before: who is admitted has read its records a moment ago. */
  let [latest, before] = [new Map<string, number>(), new Map<string, number>()];
  let begunAt: number | undefined;
  const holders = new Map<string, Set<Cuttable>>();

  return {
    seen(bucket: Ground['bucket'], entry: Pick<KvEntry, 'key' | 'revision'>): void {
      const name = `${bucket}/${entry.key}`;
      latest.set(name, entry.revision);
      for (const socket of holders.get(name) ?? []) if (isOutdated(socket)) socket.cut();
    },
    /** A session lives on until `expiresAt`, Unix time in ms: its sockets stay. */
    renewed(key: string, expiresAt: number): void {
      for (const socket of holders.get(`sessions/${key}`) ?? []) socket.data.who.expiresAt = expiresAt;
    },
    /** False: cut at once, do not serve. */
    admit(socket: Cuttable): boolean {
      if (isOutdated(socket)) return false;
      for (const ground of socket.data.who.grounds) {
        const name = nameOf(ground);
        const group = holders.get(name) ?? new Set();
        holders.set(name, group.add(socket));
      }
      return true;
    },
    left(socket: Cuttable): void {
      for (const ground of socket.data.who.grounds) {
        const group = holders.get(nameOf(ground));
        group?.delete(socket);
        if (group?.size === 0) holders.delete(nameOf(ground));
      }
    },
    /** Cuts sockets whose session has ended by its own clock. `now`: Unix time, ms. */
    expire(now: number): void {
      begunAt ??= now;
      if (now - begunAt > keptMs) [latest, before, begunAt] = [new Map<string, number>(), latest, now];
      for (const group of holders.values()) {
        for (const socket of group) if ((socket.data.who.expiresAt ?? Infinity) <= now) socket.cut();
      }
    },
  };

  function isOutdated(socket: Cuttable): boolean {
    return socket.data.who.grounds.some((ground) => {
      const name = nameOf(ground);
      return (latest.get(name) ?? before.get(name) ?? 0) > ground.revision;
    });
  }
}

export type Revocation = ReturnType<typeof createRevocation>;

const nameOf = (ground: Ground) => `${ground.bucket}/${ground.key}`;
