import { randomInt } from 'node:crypto';

/** What follows the `p` of a person's id: 15 lower-case letters or digits. */
export function randomPersonId(): string {
  return Array.from({ length: 15 }, () => randomInt(36).toString(36)).join('');
}
