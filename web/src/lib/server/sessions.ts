import { randomBytes } from 'node:crypto';
import { sha256Hex } from '@deskwire/contracts/secret';
import {
  hubPasses,
  hubPassesKey,
  hubPassesMax,
  hubPassSeconds,
  session,
  sessionHours,
  sessionKey,
} from '@deskwire/contracts/session';
import type { KV } from 'nats';
import type { NatsLink } from './nats-link';

/** Sessions of signed-in browsers and the passes for the hub. What a browser holds is kept here only as its SHA-256. */
export function createSessions(link: Pick<NatsLink, 'bucket' | 'ask'>, now: () => number) {
  const iso = (time: number) => new Date(time).toISOString();
  const within = <Answer>(work: (kv: KV) => Promise<Answer>) =>
    link.ask(async () => work(await link.bucket('sessions')));

  return {
    /** A new session, with the id that goes into the cookie. */
    async start(tokenId: string): Promise<string> {
      const id = secret();
      const expires_at = iso(now() + sessionHours * 3_600_000);
      const record = session.parse({ token_id: tokenId, created_at: iso(now()), expires_at });
      await within((kv) => kv.create(sessionKey(sha256Hex(id)), JSON.stringify(record)));
      return id;
    },
    /** Ends it everywhere; its sockets are cut by the hub. */
    async end(id: string): Promise<void> {
      const name = sha256Hex(id);
      await within(async (kv) => {
        await kv.delete(sessionKey(name));
        await kv.delete(hubPassesKey(name));
      });
    },
    /** A pass with which a page of this session can open a socket. */
    async hubPass(id: string): Promise<{ token: string; expires_at: string }> {
      const name = sha256Hex(id);
      const made = secret();
      const expires_at = iso(now() + hubPassSeconds * 1_000);
      await within((kv) => addPass(kv, hubPassesKey(name), { secret_sha256: sha256Hex(made), expires_at }));
      return { token: `hp_${name}_${made}`, expires_at };
    },
  };

  /** Two tabs may ask at once: compare-and-set, so that neither takes the other's pass away. */
  async function addPass(kv: KV, key: string, pass: { secret_sha256: string; expires_at: string }): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const entry = await kv.get(key);
      const kept = entry?.operation === 'PUT' ? hubPasses.parse(entry.json()) : [];
      const valid = kept.filter((other) => Date.parse(other.expires_at) > now());
      try {
        await kv.put(key, JSON.stringify([...valid, pass].slice(-hubPassesMax)), { previousSeq: entry?.revision ?? 0 });
        return;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
