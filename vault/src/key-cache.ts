import type { StoredKey } from './data-key.ts';
import type { KeyName } from './key-name.ts';

export interface KeyCache {
  /** Does not count as use: sealing asks it for every field. */
  find(name: KeyName): StoredKey | undefined;
  /**
   * Takes what the bucket answered, and owns the key from here on. What is known already to be live or destroyed stays so:
   * the answer may be older than what the watch said.
   */
  add(name: KeyName, stored: StoredKey): void;
  /** Makes these names one batch: the newest used, and held. Then drops what is beyond the bound. */
  hold(names: Iterable<KeyName>): void;
  /** Drops the least recently used beyond the bound, except those held. */
  trim(): void;
  /** Remembers that the key is destroyed and wipes it from memory. */
  destroy(name: KeyName): void;
  /** Wipes every key. */
  clear(): void;
  readonly size: number;
}

/**
 * Data keys in memory, at most `keysMax` (about 400 B each), least recently used out first.
 * Keys of the newest `batchesHeld` batches stay whatever the bound says: a batch is sealed synchronously after its keys are ready,
 * and a key that had gone by then would fail the batch. So the true bound is keysMax, or the keys of that many batches if they are more.
 */
export function createKeyCache(keysMax: number, batchesHeld: number): KeyCache {
  // A Map iterates in the order of insertion: using a name moves it to the end.
  const slots = new Map<KeyName, { stored: StoredKey; batch: number }>();
  let batch = 0;

  function place(name: KeyName, stored: StoredKey, inBatch: number) {
    slots.delete(name);
    slots.set(name, { stored, batch: inBatch });
  }

  function trim() {
    if (slots.size <= keysMax) return;
    for (const [name, slot] of slots) {
      if (slot.batch > batch - batchesHeld) continue;
      slots.delete(name);
      wipe(slot.stored);
      if (slots.size <= keysMax) return;
    }
  }

  return {
    find: (name) => slots.get(name)?.stored,
    add(name, stored) {
      const slot = slots.get(name);
      if (slot !== undefined && slot.stored.state !== 'absent') wipe(stored);
      else place(name, stored, slot?.batch ?? neverHeld);
    },
    hold(names) {
      batch++;
      for (const name of names) {
        const slot = slots.get(name);
        if (slot !== undefined) place(name, slot.stored, batch);
      }
      trim();
    },
    trim,
    destroy(name) {
      const slot = slots.get(name);
      if (slot !== undefined) wipe(slot.stored);
      // Held like a batch's key, so that it outlives an answer of the bucket that is still under way.
      place(name, { state: 'destroyed' }, batch);
      trim();
    },
    clear() {
      for (const slot of slots.values()) wipe(slot.stored);
      slots.clear();
    },
    get size() {
      return slots.size;
    },
  };
}

function wipe(stored: StoredKey) {
  if (stored.state === 'live') stored.key.fill(0);
}

const neverHeld = Number.NEGATIVE_INFINITY;
