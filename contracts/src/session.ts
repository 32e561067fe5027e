import { z } from 'zod';
import { accessToken } from './access-token.ts';
import { person } from './person.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const times = { created_at: z.iso.datetime(), expires_at: z.iso.datetime() };

/**
 * A signed-in browser, in bucket `sessions` under `session.<SHA-256 of its id>`; the id itself is only in the cookie.
 * It acts as its access token, so revoking the token ends it too, or as a person, until they begin a new generation.
 * The record changes only by being renewed: `expires_at` moves on while it is used, up to `endOfSession`.
 */
export const session = z.union([
  z.object({ token_id: accessToken.shape.id, ...times }),
  z.object({
    person_id: person.shape.id,
    generation: person.shape.generation,
    /** What it runs on, for the person's own list, e.g. "Firefox on Linux". */
    device: z.string().max(60),
    ...times,
  }),
]);
export type Session = z.infer<typeof session>;

/** Whose a session, or a refused sign-in, is. */
export interface Account {
  kind: 'token' | 'person';
  id: string;
}

export function accountOf(of: Session): Account {
  return 'token_id' in of ? { kind: 'token', id: of.token_id } : { kind: 'person', id: of.person_id };
}

export const sessionKey = (idSha256: string) => `session.${idSha256}`;

/** A session ends after this long without use. */
export const sessionHours = 12;

/** And at the latest after this long, however much it is used. */
const sessionHoursMax = { token: sessionHours, person: 7 * 24 } as const;

/** The server says when a session is over: its cookie just does not go before. */
export const cookieHoursMax = sessionHoursMax.person;

/** Unix time, ms. */
export function endOfSession(kind: Account['kind'], createdAt: number): number {
  return createdAt + sessionHoursMax[kind] * 3_600_000;
}

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
