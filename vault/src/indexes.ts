import { createBlindIndex, type BlindIndex } from './blind-index.ts';
import { deriveKey } from './master-key.ts';

/** What can be said of personal data without sealing it; needs the master key and no bucket. */
export interface Indexes {
  blindIndex: BlindIndex;
  /** Two secret numbers of 32 bits, always the same ones: the key of ingest's content hash. */
  contentSeed: () => [number, number];
}

export function openIndexes(masterKey: Buffer): Indexes {
  const seed = deriveKey(masterKey, 'content-seed');
  return {
    blindIndex: createBlindIndex(masterKey),
    contentSeed: () => [seed.readInt32LE(0), seed.readInt32LE(4)],
  };
}
