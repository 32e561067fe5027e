import { hkdfSync } from 'node:crypto';

/** What a derived key is for; one master key gives each purpose a key that says nothing about the others. */
export type KeyPurpose = 'clickhouse-disk' | 'jetstream' | 'wrap' | 'blind-index' | 'content-hash' | 'check';

/** A key of 32 bytes for one purpose, HKDF-SHA256 of the 32-byte master key. The same input always gives the same key. Throws RangeError. */
export function deriveKey(masterKey: Buffer, purpose: KeyPurpose): Buffer {
  if (masterKey.length !== masterKeyBytes) {
    throw new RangeError(`a master key has ${masterKeyBytes} bytes, this one has ${masterKey.length}`);
  }
  return Buffer.from(hkdfSync('sha256', masterKey, salt, `deskwire/${purpose}/1`, masterKeyBytes));
}

/** 22 base64url characters by which a master key is recognised; they reveal nothing about it and may be stored in the clear. */
export function masterKeyCheck(masterKey: Buffer): string {
  return masterKeyId(masterKey).toString('base64url');
}

/** The same 16 bytes, which stand in every wrapped key so that rotation knows which master key opens it. */
export function masterKeyId(masterKey: Buffer): Buffer {
  return deriveKey(masterKey, 'check').subarray(0, 16);
}

const masterKeyBytes = 32;

// The master key is uniformly random, so the salt adds no strength; it keeps our keys apart from other users of the same secret.
const salt = 'deskwire';
