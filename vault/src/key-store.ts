import { createKeyWrapper, type StoredKey } from './data-key.ts';
import { type BucketEntry, getOfOther, type KeyBucket, putIfAbsent } from './key-bucket.ts';
import type { KeyName } from './key-name.ts';
import { masterKeyCheck } from './master-key.ts';
import { KeysUnavailableError, WrongMasterKeyError } from './vault-error.ts';

export interface KeyStore {
  /** Reads these keys; creates none. Throws KeysUnavailableError, KeyDamagedError, WrongMasterKeyError. */
  read: (names: readonly KeyName[]) => Promise<Map<KeyName, StoredKey>>;
  /** Reads these keys and makes those that are absent: none of the answers is 'absent'. Throws the same. */
  readOrMake: (names: readonly KeyName[]) => Promise<Map<KeyName, StoredKey>>;
}

/** Data keys in the bucket, wrapped. Asks for 500 at a time, which is where a server stops getting faster. */
export function createKeyStore(options: {
  bucket: KeyBucket;
  masterKey: Buffer;
  nextNonce: () => Buffer;
  /** 32 random bytes of its own. */
  newKey: () => Buffer;
}): KeyStore {
  const { bucket, newKey } = options;
  const wrapper = createKeyWrapper(options.masterKey, options.nextNonce);

  // New keys come in runs (an import), known keys too (a restart). The wrong first question costs a second one,
  // 50 us a key, so the first question of each pipeline is the one that was right for most keys of the one before.
  let mostAreNew = false;

  async function readOne(name: KeyName): Promise<StoredKey> {
    return wrapper.read(name, await unlessUnavailable(bucket.get(name)));
  }

  async function makeOne(name: KeyName): Promise<StoredKey> {
    const key = newKey();
    const made = await unlessUnavailable(putIfAbsent(bucket, name, wrapper.wrap(name, key)));
    return made ? { state: 'live', key } : { state: 'absent' };
  }

  async function readOrMakeOne(name: KeyName): Promise<{ stored: StoredKey; made: boolean }> {
    if (!mostAreNew) {
      const found = await readOne(name);
      if (found.state !== 'absent') return { stored: found, made: false };
    }
    const made = await makeOne(name);
    if (made.state === 'live') return { stored: made, made: true };
    // Another process was faster: its key is the one.
    const stored = wrapper.read(name, await unlessUnavailable(getOfOther(bucket, name)));
    if (stored.state !== 'absent') return { stored, made: false };
    throw new KeysUnavailableError(`key ${name} was there and could not be read: ask again`);
  }

  return {
    async read(names) {
      const found = new Map<KeyName, StoredKey>();
      for (const some of pipelines(names)) {
        await Promise.all(some.map(async (name) => found.set(name, await readOne(name))));
      }
      return found;
    },
    async readOrMake(names) {
      const found = new Map<KeyName, StoredKey>();
      for (const some of pipelines(names)) {
        const answers = await Promise.all(some.map(readOrMakeOne));
        some.forEach((name, at) => {
          const answer = answers[at];
          if (answer !== undefined) found.set(name, answer.stored);
        });
        mostAreNew = answers.filter((answer) => answer.made).length * 2 > answers.length;
      }
      return found;
    },
  };
}

/**
 * Compares the master key with the check value that the bucket keeps; leaves it there when there is none, unless `readOnly`.
 * Resolves to the check value's revision, 0 without one. Throws WrongMasterKeyError before anything was written.
 */
export async function checkMasterKey(bucket: KeyBucket, masterKey: Buffer, readOnly: boolean): Promise<number> {
  const check = masterKeyCheck(masterKey);
  let stored = await unlessUnavailable(bucket.get(checkKey));
  if (stored === null && readOnly) return 0;
  stored ??= await leaveCheck(bucket, check);
  if (stored.operation !== 'PUT' || Buffer.from(stored.value).toString('latin1') !== check) {
    throw new WrongMasterKeyError(
      'MASTER_KEY is not the one that the stored keys were made with: start with that one, or with an empty DATA_DIR',
    );
  }
  return stored.revision;
}

async function leaveCheck(bucket: KeyBucket, check: string): Promise<BucketEntry> {
  await unlessUnavailable(putIfAbsent(bucket, checkKey, Buffer.from(check, 'latin1')));
  const stored = await unlessUnavailable(getOfOther(bucket, checkKey));
  if (stored === null) throw new KeysUnavailableError('the bucket "keys" does not keep what is written to it');
  return stored;
}

function* pipelines<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += pipelined) yield items.slice(at, at + pipelined);
}

async function unlessUnavailable<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw new KeysUnavailableError('the bucket "keys" did not answer, or refused', { cause });
  }
}

const checkKey = 'master-key-check';
const pipelined = 500;
