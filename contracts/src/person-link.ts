import { z } from 'zod';
import { accessToken } from './access-token.ts';
import { person } from './person.ts';

const times = { created_at: z.iso.datetime(), expires_at: z.iso.datetime() };
const ofPerson = {
  person_id: person.shape.id,
  generation: person.shape.generation,
  /** Who made it: an administrator, or an access token of theirs. */
  by: z.union([person.shape.id, accessToken.shape.id]),
};

/**
 * A link to `/welcome#<secret>` with which somebody sets a password, in bucket `users` under `link.<SHA-256 of the secret>`.
 * It works once: whoever uses it begins a new generation of the person, or is the first administrator. That of a person works while
 * whoever made it can manage people.
 */
export const personLink = z.discriminatedUnion('purpose', [
  z.object({ purpose: z.literal('first-administrator'), ...times }),
  z.object({ purpose: z.literal('invite'), ...ofPerson, ...times }),
  z.object({ purpose: z.literal('reset'), ...ofPerson, ...times }),
]);
export type PersonLink = z.infer<typeof personLink>;

export const personLinkKey = (secretSha256: string) => `link.${secretSha256}`;

/** How long each link is good for. */
export const linkHours = { 'first-administrator': 24, invite: 72, reset: 24 } as const;

export const linkSecret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** In the fragment, which browsers send to nobody: no log or history of a server holds the secret. */
export const welcomeUrl = (origin: string, secret: string) => `${origin}/welcome#${secret}`;
