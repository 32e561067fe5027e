/** Which event ids came lately, of whatever ticket or customer. */
export interface IdMemory {
  /** Whether an event with this id came before, as far as is remembered; from now on this one did. */
  meet: (source: string, id: string) => boolean;
}

/** 16 MiB. */
const slotsDefault = 2 ** 22;

/**
 * Recognises an id that a source has used before, at 32 bits an id and without a look-up: whoever meets one asks the ledger. An id is
 * forgotten when a later one falls into its slot, so of the last `slots / 10` nine in ten are known; what is forgotten the self-check names.
 */
export function createIdMemory(slots = slotsDefault): IdMemory {
  const met = new Int32Array(slots);
  return {
    meet: (source, id) => {
      const { low, high } = hashText(`${source}\n${id}`);
      const slot = (low >>> 0) % slots;
      const isKnown = met[slot] === high;
      met[slot] = high;
      return isKnown;
    },
  };
}

/** 64 bits in two lanes, mixed as MurmurHash3 does. */
function hashText(text: string): { low: number; high: number } {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
    low = (low << 13) | (low >>> 19);
    high = (high << 15) | (high >>> 17);
  }
  low = mix(low ^ text.length ^ Math.imul(high, 0x85ebca77));
  high = mix(high ^ Math.imul(low, 0xc2b2ae3d));
  return { low: low | 0, high: high | 0 };
}

function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
