import { createHmac } from 'node:crypto';
import { createBlindIndex, type BlindIndex } from './blind-index.ts';
import { deriveKey } from './master-key.ts';

/** What can be said of personal data without sealing it; needs the master key and no bucket. */
export interface Indexes {
  blindIndex: BlindIndex;
  /** HMAC-SHA256 of an event's content, cut to 64 bits in two signed halves: tells whether two are the same, and nothing to who has no key. */
  contentHash: (content: string) => { low: number; high: number };
}

export function openIndexes(masterKey: Buffer): Indexes {
  const contentKey = deriveKey(masterKey, 'content-hash');
  return {
    blindIndex: createBlindIndex(masterKey),
    contentHash: (content) => {
      const digest = createHmac('sha256', contentKey).update(content).digest();
      return { low: digest.readInt32LE(0), high: digest.readInt32LE(4) };
    },
  };
}
