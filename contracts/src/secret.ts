import { createHash, timingSafeEqual } from 'node:crypto';

/** How a secret is kept: its SHA-256 in hex. Enough for 256 random bits; a person's password needs argon2id instead. */
export function sha256Hex(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** Whether a secret is the one whose SHA-256 is kept; takes the same time for every wrong one. */
export function isSecretOf(kept: string, secret: string): boolean {
  const expected = Buffer.from(kept, 'hex');
  const given = Buffer.from(sha256Hex(secret), 'hex');
  return expected.length === given.length && timingSafeEqual(expected, given);
}
