import { randomBytes as systemRandomBytes } from 'node:crypto';
import { createRandomPieces, decrypt, encrypt, nonceBytes } from './aes-gcm.ts';
import { type BlindIndex, createBlindIndex } from './blind-index.ts';
import type { StoredKey } from './data-key.ts';
import type { KeyBucket } from './key-bucket.ts';
import { createKeyCache } from './key-cache.ts';
import type { KeyName } from './key-name.ts';
import { checkMasterKey, createKeyStore } from './key-store.ts';
import { watchTombstones } from './tombstone-watch.ts';
import { KeyNotReadyError, SealDamagedError, VaultError } from './vault-error.ts';

/** Bytes [version 1][nonce 12][ciphertext][tag 16], or what to do instead: leave the personal field out, its key was destroyed. */
export type Sealed = { sealed: Buffer } | { dropped: 'destroyed' };
/** The same bytes in base64, for JSON. */
export type SealedText = { sealed: string } | { dropped: 'destroyed' };
/** Plain bytes, or why nobody can read them again: erased, or a key that the bucket never had or lost. */
export type Unsealed = { plain: Buffer } | { gone: 'destroyed' | 'absent' };

export interface Vault {
  /**
   * Makes or loads every data key that a batch needs, before it is sealed. Seal in the same tick, or at least before 4 more calls:
   * until then the keys stay in memory, whatever `cacheMax` says. A destroyed key is not made anew. May be repeated after any failure.
   * Throws KeysUnavailableError, KeyDamagedError, WrongMasterKeyError.
   */
  ready(names: Iterable<KeyName>): Promise<void>;
  /** Loads the keys of a batch to be read and makes none, held like those of `ready`. Throws the same. */
  load(names: Iterable<KeyName>): Promise<void>;
  /** Seals with a key made ready; about 5 us for 100 B. Throws KeyNotReadyError. */
  seal(name: KeyName, plain: string | Uint8Array): Sealed;
  sealText(name: KeyName, plain: string | Uint8Array): SealedText;
  /** Opens sealed bytes, or their base64. Throws SealDamagedError, and what `load` throws. */
  unseal(name: KeyName, sealed: Uint8Array | string): Promise<Unsealed>;
  /** Opens with a key that `ready` or `load` brought. Throws SealDamagedError, KeyNotReadyError. */
  unsealReady(name: KeyName, sealed: Uint8Array | string): Unsealed;
  /** What the bucket itself says now, not this process's memory. Throws what `load` throws. */
  state(name: KeyName): Promise<StoredKey['state']>;
  blindIndex: BlindIndex;
  /** Stops watching and wipes all keys from memory. */
  close(): Promise<void>;
}

export interface VaultOptions {
  /** The bucket `keys`, history 1. */
  kv: KeyBucket;
  /** 32 bytes. */
  masterKey: Buffer;
  /** For a login that may not write the bucket: makes no key, leaves no check value. Default false. */
  readOnly?: boolean;
  /** Data keys kept in memory, about 400 B each. */
  cacheMax?: number;
  /** Wait before a broken watch is begun again. */
  watchRetryMs?: number;
  /** Told when the watch for destroyed keys breaks; it is begun again in any case. */
  onWatchBroken?: (cause: unknown) => void;
  randomBytes?: (size: number) => Buffer;
}

/** The keys of this process. Throws WrongMasterKeyError before anything is written, KeysUnavailableError. */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { kv: bucket, masterKey, readOnly = false, randomBytes = systemRandomBytes } = options;
  const fromRevision = await checkMasterKey(bucket, masterKey, readOnly);
  const cache = createKeyCache(options.cacheMax ?? 100_000, batchesHeld);
  const nextNonce = createRandomPieces(nonceBytes, randomBytes);
  const newKey = createRandomPieces(32, randomBytes);
  const store = createKeyStore({ bucket, masterKey, nextNonce, newKey });
  // Before the first key is read: one destroyed in between would otherwise stay in memory.
  const watch = await watchTombstones({
    bucket,
    fromRevision,
    retryMs: options.watchRetryMs ?? 1_000,
    onDestroyed: (name) => cache.destroy(name),
    onBroken: options.onWatchBroken ?? (() => undefined),
  });

  /** Brings keys into memory and holds them as one batch; `use` runs in the same tick, before anything can push them out. */
  async function bring<Result>(
    names: Iterable<KeyName>,
    ask: (missing: readonly KeyName[]) => Promise<Map<KeyName, StoredKey>>,
    use: () => Result,
  ): Promise<Result> {
    const wanted = new Set(names);
    const answers = new Map<KeyName, StoredKey>();
    const missing = () => [...wanted].filter((name) => !answers.has(name) && !isKnown(cache.find(name)));
    // Twice at most as a rule: while we wait, another batch may push out a key that was there when we began.
    for (let some = missing(); some.length > 0; some = missing()) {
      for (const [name, stored] of await ask(some)) answers.set(name, stored);
    }
    for (const [name, stored] of answers) cache.add(name, stored);
    cache.hold(wanted);
    return use();
  }

  function seal(name: KeyName, plain: string | Uint8Array): Sealed {
    const stored = cache.find(name);
    if (stored?.state === 'live') return { sealed: encrypt(stored.key, nextNonce(), name, sealHeader, plain) };
    if (stored?.state === 'destroyed') return dropped;
    throw new KeyNotReadyError(`key ${name} was not made ready before sealing`);
  }

  function unsealReady(name: KeyName, sealed: Uint8Array | string): Unsealed {
    const stored = cache.find(name);
    if (stored === undefined) throw new KeyNotReadyError(`key ${name} was not loaded before unsealing`);
    if (stored.state !== 'live') return { gone: stored.state };
    const bytes = typeof sealed === 'string' ? Buffer.from(sealed, 'base64') : sealed;
    const plain = bytes[0] === sealHeader[0] ? decrypt(stored.key, name, sealHeader.length, bytes) : undefined;
    if (plain === undefined) throw new SealDamagedError(`bytes sealed with key ${name} are damaged, or not its own`);
    return { plain };
  }

  return {
    async ready(names) {
      if (readOnly) throw new VaultError('this vault was opened to read and makes no keys: use load');
      await bring(names, store.readOrMake, () => undefined);
    },
    load: (names) => bring(names, store.read, () => undefined),
    seal,
    sealText(name, plain) {
      const result = seal(name, plain);
      return 'sealed' in result ? { sealed: result.sealed.toString('base64') } : result;
    },
    unseal: (name, sealed) => bring([name], store.read, () => unsealReady(name, sealed)),
    unsealReady,
    async state(name) {
      const state = (await store.read([name])).get(name)?.state ?? 'absent';
      if (state === 'destroyed') cache.destroy(name);
      return state;
    },
    blindIndex: createBlindIndex(masterKey),
    async close() {
      await watch.close();
      cache.clear();
    },
  };
}

// An absent key may have been made since.
const isKnown = (stored: StoredKey | undefined) => stored !== undefined && stored.state !== 'absent';

const batchesHeld = 4;
const sealHeader = Buffer.of(1);
const dropped = { dropped: 'destroyed' } as const;
