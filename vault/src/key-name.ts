import { token } from '@deskwire/contracts/key-token';

/** Name of a data key, which is also its key in the bucket: what destroying one key makes unreadable. */
export type KeyName = `t.${string}.${string}` | `c.${string}.${string}` | `q.${string}`;

/** Seals what was written in one ticket: subject, bodies, comments, fields. `segment` is the source's first segment, the id the source's own. */
export function ticketKey(segment: string, ticketId: string): KeyName {
  return `t.${part(segment)}.${part(ticketId)}`;
}

/** Seals one customer's profile. */
export function customerKey(segment: string, customerId: string): KeyName {
  return `c.${part(segment)}.${part(customerId)}`;
}

/** Seals what was rejected on one UTC day, `2026-11-22`. Throws RangeError for anything else. */
export function quarantineKey(utcDay: string): KeyName {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(utcDay)) throw new RangeError(`not a day like 2026-11-22: ${utcDay}`);
  return `q.${utcDay}`;
}

/** True for keys of the bucket that hold a data key, false for our own notes there. */
export function isKeyName(key: string): key is KeyName {
  return /^(?:[tc]\.[\w-]+\.[\w-]+|q\.[\d-]+)$/.test(key);
}

// An empty part would make `t..x`, which NATS refuses only when it is written, in the middle of a batch.
function part(id: string): string {
  if (id === '') throw new RangeError('the name of a key needs a segment and an id that are not empty');
  return token(id);
}
