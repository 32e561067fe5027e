import { accessToken, accessTokenKey, type AccessToken } from '@deskwire/contracts/access-token';
import type { Role } from '@deskwire/contracts/roles';
import { sha256Hex } from '@deskwire/contracts/secret';
import type { KV } from 'nats';

/** Access tokens in bucket `users`. The token itself is returned once and kept nowhere. */
export function createTokenStore(users: KV, { randomId, randomSecret, now }: TokenSource) {
  return {
    async add(wanted: { role: Role; name: string; teams: string[] }): Promise<{ token: string; record: AccessToken }> {
      const id = randomId();
      const secret = randomSecret();
      const created_at = new Date(now()).toISOString();
      const record = accessToken.parse({ id, secret_sha256: sha256Hex(secret), created_at, ...wanted });
      await users.create(accessTokenKey(id), JSON.stringify(record));
      return { token: `dw_${id}_${secret}`, record };
    },
    /** Newest first. A record that cannot be read is left out. */
    async list(): Promise<AccessToken[]> {
      const records: AccessToken[] = [];
      for await (const key of await users.keys('token.>')) {
        const entry = await users.get(key);
        const parsed = accessToken.safeParse(entry?.operation === 'PUT' ? entry.json() : undefined);
        if (parsed.success) records.push(parsed.data);
      }
      return records.sort((a, b) => b.created_at.localeCompare(a.created_at));
    },
    /** False when there is no such token. Its sockets are cut within a second. */
    async revoke(id: string): Promise<boolean> {
      const entry = await users.get(accessTokenKey(id));
      if (entry?.operation !== 'PUT') return false;
      await users.delete(accessTokenKey(id));
      return true;
    },
  };
}

export interface TokenSource {
  /** 12 lower-case letters or digits. */
  randomId: () => string;
  /** 32 random bytes in base64url. */
  randomSecret: () => string;
  /** Unix time, ms. */
  now: () => number;
}
