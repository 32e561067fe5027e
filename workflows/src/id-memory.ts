import { hashText } from '@deskwire/contracts/hash-text';

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
