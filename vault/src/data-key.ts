import { decrypt, encrypt } from './aes-gcm.ts';
import type { KeyName } from './key-name.ts';
import { deriveKey, masterKeyId } from './master-key.ts';
import { KeyDamagedError, WrongMasterKeyError } from './vault-error.ts';

/** What the bucket holds under a name. A destroyed key leaves its tombstone, so that it is never made anew. */
export type StoredKey = { state: 'live'; key: Buffer } | { state: 'destroyed' } | { state: 'absent' };

/** Bytes as the bucket gives them. */
export interface StoredEntry {
  value: Uint8Array;
  operation: 'PUT' | 'DEL' | 'PURGE';
}

export interface KeyWrapper {
  /** [version 1][master key's id 16][nonce 12][ciphertext 32][tag 16], 77 bytes. */
  wrap(name: KeyName, key: Buffer): Buffer;
  /** Throws WrongMasterKeyError for a key wrapped by another master key, KeyDamagedError for anything else that does not open. */
  read(name: KeyName, entry: StoredEntry | null): StoredKey;
}

/** Wraps data keys of 32 bytes under the master key. Its id in each of them is what a rotation will go by. */
export function createKeyWrapper(masterKey: Buffer, nextNonce: () => Buffer): KeyWrapper {
  const wrapKey = deriveKey(masterKey, 'wrap');
  const header = Buffer.concat([Buffer.of(wrappedVersion), masterKeyId(masterKey)]);
  return {
    wrap(name, key) {
      return encrypt(wrapKey, nextNonce(), name, header, key);
    },
    read(name, entry) {
      if (entry === null) return { state: 'absent' };
      if (isTombstone(entry)) return { state: 'destroyed' };
      if (entry.value[0] !== wrappedVersion) throw new KeyDamagedError(`key ${name}: its version is not known here`);
      if (!header.equals(entry.value.subarray(0, header.length))) {
        throw new WrongMasterKeyError(`key ${name} was made with another MASTER_KEY: give the one it was made with`);
      }
      const opened = decrypt(wrapKey, name, header.length, entry.value);
      if (opened?.length !== 32) throw new KeyDamagedError(`key ${name} is damaged: restore the bucket "keys"`);
      // Into Node's pool: 100,000 buffers with memory of their own take five times the room.
      const key = Buffer.from(opened);
      opened.fill(0);
      return { state: 'live', key };
    },
  };
}

/** What destroying puts in a key's place. More bytes may follow the first one. */
export const tombstone: Uint8Array = Uint8Array.of(0);

/** A tombstone, or NATS' own mark of a deletion, which an operator may have left with `nats kv del`. */
export function isTombstone(entry: StoredEntry): boolean {
  return entry.operation !== 'PUT' || entry.value[0] === tombstone[0];
}

const wrappedVersion = 1;
