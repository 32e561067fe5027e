/** Each id sets this many bits inside one block of 512 bits: one cache line per question. */
const bitsPerId = 5;
const blockBits = 512;
/** Slices by age; the oldest is dropped when a new one begins, so `horizonMs` is covered by one fewer. */
const slices = 4;

export interface IdFilter {
  /** Takes the two halves of a 64-bit hash: an object a question would cost more than the answer. */
  add: (low: number, high: number) => void;
  /** False: surely never added within the horizon. True: ask the ledger. */
  mayHave: (low: number, high: number) => boolean;
}

/**
 * Recognises ids that were never seen, in bounded memory (a blocked Bloom filter per age slice). At 16 bits an id about
 * 1 in 1,000 new ids has to be asked for; with more ids than that it asks more often and is never wrong.
 */
export function createIdFilter({
  sizeBytes,
  horizonMs,
  now,
}: {
  sizeBytes: number;
  horizonMs: number;
  now: () => number;
}): IdFilter {
  const blocks = Math.max(1, Math.floor((sizeBytes * 8) / slices / blockBits));
  const words = blocks * (blockBits / 32);
  // Zeroed memory is given page by page as it is touched: an idle desk does not pay for the bound.
  const ring = Array.from({ length: slices }, () => new Uint32Array(words));
  const sliceMs = horizonMs / (slices - 1);
  let current = 0;
  let begunAt = now();

  function rotate(): void {
    while (now() - begunAt >= sliceMs) {
      begunAt += sliceMs;
      current = (current + 1) % slices;
      ring[current] = new Uint32Array(words);
    }
  }

  return {
    add: (low, high) => {
      rotate();
      const slice = ring[current];
      if (slice === undefined) return;
      const base = ((low >>> 0) % blocks) * (blockBits / 32);
      for (let k = 0, bits = high; k < bitsPerId; k++, bits = next(bits)) {
        const at = base + ((bits >>> 5) & 15);
        slice[at] = (slice[at] ?? 0) | (1 << (bits & 31));
      }
    },
    mayHave: (low, high) => {
      const base = ((low >>> 0) % blocks) * (blockBits / 32);
      for (const slice of ring) if (holds(slice, base, high)) return true;
      return false;
    },
  };
}

function holds(slice: Uint32Array, base: number, high: number): boolean {
  for (let k = 0, bits = high; k < bitsPerId; k++, bits = next(bits)) {
    if (((slice[base + ((bits >>> 5) & 15)] ?? 0) & (1 << (bits & 31))) === 0) return false;
  }
  return true;
}

/** The next pseudo-random 32 bits from the last. */
function next(bits: number): number {
  return (Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
}
