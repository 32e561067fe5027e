import { createHmac } from 'node:crypto';
import { deriveKey } from './master-key.ts';

export type BlindIndexKind = 'email' | 'phone';

/** `b_` and 22 base64url characters; undefined when the value is no address or number at all. */
export type BlindIndex = (kind: BlindIndexKind, value: string) => string | undefined;

/**
 * Finds equal addresses and numbers without storing them: HMAC-SHA256 of the normalised value, cut to 128 bits.
 * "n/a", "-" or "unknown" give undefined: with an index of their own they would link all the people who have none.
 */
export function createBlindIndex(masterKey: Buffer): BlindIndex {
  const key = deriveKey(masterKey, 'blind-index');
  return (kind, value) => {
    const normalised = kind === 'email' ? normaliseEmail(value) : normalisePhone(value);
    if (normalised === undefined) return undefined;
    const digest = createHmac('sha256', key).update(`${kind}\0${normalised}`).digest();
    return `b_${digest.subarray(0, 16).toString('base64url')}`;
  };
}

/** NFKC, lower case, no blanks around it; undefined without an `@` between two parts. The part before the `@` keeps its dots and plus. */
export function normaliseEmail(value: string): string | undefined {
  // Lower-casing can leave what NFKC would compose again, so it stands between two of them.
  const email = value.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
  return /^[^@]+@[^@]+$/.test(email) ? email : undefined;
}

/** `+` and digits; undefined below 5 digits. `00` before the country and the `(0)` of "+49 (0)30" go; nothing is known of countries. */
export function normalisePhone(value: string): string | undefined {
  const written = value.normalize('NFKC').trim();
  const abroad = /^(?:\+|00)/.test(written);
  const digits = (abroad ? written.replace(/\(0\)/, '').replace(/^00/, '') : written).replace(/\D/g, '');
  return digits.length < 5 ? undefined : `+${digits}`;
}
