import { z } from 'zod';
import { accessToken, type AccessToken } from './access-token.ts';
import { parseRecord } from './parse-record.ts';
import { role } from './roles.ts';
import { isSecretOf } from './secret.ts';

/** Why a bearer token was refused. `unknown-role` is worth an alert: only a mistake or an intruder writes such a record. */
export type TokenRefusal = 'unknown-token' | 'wrong-secret' | 'unknown-role' | 'damaged';

export type TokenCheck = { ok: true; token: AccessToken } | { ok: false; reason: TokenRefusal };

/** Judges a bearer token by its record, the JSON text of bucket `users`; `secret` undefined trusts the caller's own proof (a session). */
export function checkAccessToken(record: string | undefined, secret: string | undefined): TokenCheck {
  if (record === undefined) return { ok: false, reason: 'unknown-token' };
  const kept = accessToken.extend({ role: z.string() }).safeParse(parseRecord(record));
  if (!kept.success) return { ok: false, reason: 'damaged' };
  if (secret !== undefined && !isSecretOf(kept.data.secret_sha256, secret)) {
    return { ok: false, reason: 'wrong-secret' };
  }
  const known = role.safeParse(kept.data.role);
  return known.success
    ? { ok: true, token: { ...kept.data, role: known.data } }
    : { ok: false, reason: 'unknown-role' };
}
