import { z } from 'zod';
import { role } from './roles.ts';

/** How an address is compared and kept: NFKC, lower case, no blanks around it; at most 254 characters. */
export const emailAddress = z
  .string()
  .max(254)
  .transform((text) => text.normalize('NFKC').toLowerCase().trim())
  .pipe(z.email());

/** Somebody who signs in with e-mail and password, in bucket `users` under `person.<id>`. */
export const person = z.object({
  id: z.string().regex(/^p[a-z0-9]{15}$/),
  email: emailAddress,
  name: z.string().trim().min(1).max(100),
  role,
  /** Ids of teams: an agent sees their tickets only, a lead without teams leads all. */
  teams: z.array(z.string().min(1).max(200)).max(100),
  /** argon2id in PHC form; absent until the invitation is accepted. */
  password_hash: z.string().startsWith('$argon2id$').optional(),
  /** Sessions and links are good for the generation they were made in: one more ends all of them at once. */
  generation: z.number().int().min(1),
  created_at: z.iso.datetime(),
  disabled_at: z.iso.datetime().optional(),
  /** Made by the demo, and removed with it. */
  demo: z.literal(true).optional(),
});
export type Person = z.infer<typeof person>;

/** A person as read: a role that is not in the table is shown to administrators, and nobody acts with it. */
export const keptPerson = person.extend({ role: z.string() });
export type KeptPerson = z.infer<typeof keptPerson>;

export const personKey = (id: string) => `person.${id}`;

/** Where the id of the person with an address is kept: `{person_id}`; creating it takes the address. */
export const emailKey = (emailSha256: string) => `email.${emailSha256}`;
export const emailRecord = z.object({ person_id: person.shape.id });

/** Where somebody lands after signing in. The agents' desk does not exist yet: their own page says so. */
export function landingPage(role: string): '/' | '/account' {
  return role === 'agent' ? '/account' : '/';
}
