import { keptPerson, type Person } from './person.ts';
import { parseRecord } from './parse-record.ts';
import { role } from './roles.ts';

/** Why a person may not act. `unknown-role` is worth an alert: only a mistake or an intruder writes such a record. */
export type PersonRefusal = 'unknown-person' | 'disabled' | 'signed-out' | 'unknown-role' | 'damaged';

export type PersonCheck = { ok: true; person: Person } | { ok: false; reason: PersonRefusal };

/**
 * Judges a person by their record, the JSON text of bucket `users`. `generation`: that of the session, whose sign-in has
 * proven who it is; undefined when a password is still to be checked.
 */
export function checkPerson(record: string | undefined, generation: number | undefined): PersonCheck {
  if (record === undefined) return { ok: false, reason: 'unknown-person' };
  const kept = keptPerson.safeParse(parseRecord(record));
  if (!kept.success) return { ok: false, reason: 'damaged' };
  if (kept.data.disabled_at !== undefined) return { ok: false, reason: 'disabled' };
  if (generation !== undefined && generation !== kept.data.generation) return { ok: false, reason: 'signed-out' };
  const known = role.safeParse(kept.data.role);
  return known.success
    ? { ok: true, person: { ...kept.data, role: known.data } }
    : { ok: false, reason: 'unknown-role' };
}
