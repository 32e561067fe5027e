import { z } from 'zod';
import { role } from './roles.ts';

/**
 * A bearer token for programs, as kept in bucket `users` under `token.<id>`: the secret half only as its SHA-256.
 * The token itself reads `dw_<id>_<secret>` and is shown once.
 */
export const accessToken = z.object({
  id: z.string().regex(/^[a-z0-9]{12}$/),
  secret_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  role,
  name: z.string().min(1).max(100),
  teams: z.array(z.string()),
  created_at: z.iso.datetime(),
});
export type AccessToken = z.infer<typeof accessToken>;

export const accessTokenKey = (id: string) => `token.${id}`;

/** Splits a bearer token into its public id and its secret; undefined when it has another form. */
export function parseBearer(token: string): { id: string; secret: string } | undefined {
  const [, id, secret] = /^dw_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
