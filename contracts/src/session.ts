import { z } from 'zod';
import { accessToken } from './access-token.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A signed-in browser, in bucket `sessions` under `session.<SHA-256 of its id>`; the id itself is only in the cookie.
 * It acts as its access token, so revoking the token ends it too.
 */
export const session = z.object({
  token_id: accessToken.shape.id,
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
});
export type Session = z.infer<typeof session>;

export const sessionKey = (idSha256: string) => `session.${idSha256}`;

/** A session ends after this long, whatever happens. */
export const sessionHours = 12;

/**
 * What lets a page open a socket: `hp_<SHA-256 of the session id>_<secret>`, good for the hub alone, for
 * `hubPassSeconds`, and only while its session lives. The last `hubPassesMax` of a session (one per tab that connects)
 * are kept in bucket `sessions` under `hub.<SHA-256 of the session id>`, the secrets as their SHA-256.
 */
export const hubPasses = z.array(z.object({ secret_sha256: sha256, expires_at: z.iso.datetime() }));
export type HubPasses = z.infer<typeof hubPasses>;

export const hubPassesKey = (idSha256: string) => `hub.${idSha256}`;
export const hubPassesMax = 16;
export const hubPassSeconds = 60;

/** Splits a hub pass; undefined when the text has another form. */
export function parseHubPass(text: string): { sessionSha256: string; secret: string } | undefined {
  const [, sessionSha256, secret] = /^hp_([0-9a-f]{64})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return sessionSha256 === undefined || secret === undefined ? undefined : { sessionSha256, secret };
}

/** What `GET /api/v1/hub-token` answers. */
export const hubTokenAnswer = z.object({ token: z.string(), expires_at: z.iso.datetime() });
