import type { Hash } from '@deskwire/clickhouse/events-row';
import type { DuplicateReason } from '@deskwire/contracts/reasons';
import { sameHash } from './hash.ts';
import type { IdFilter } from './id-filter.ts';

export interface Identified {
  key: string;
  idHash: Hash;
  contentHash: Hash;
}

/** An event is accepted, or the duplicate of an accepted one. */
export type Verdict = { disposition: 'accepted' } | { disposition: 'duplicate'; reason: DuplicateReason };

export const accepted: Verdict = { disposition: 'accepted' };

export interface Deduper {
  /** One verdict per event, in order. At most one look-up. Rejects when ClickHouse does not answer. */
  judge: (events: Identified[]) => Promise<Verdict[]>;
  /** The rows behind these verdicts are stored: from now on the ledger itself answers for them. */
  committed: (events: Identified[]) => void;
  /** What was judged and not stored is forgotten. */
  reset: () => void;
  /** Until the filter knows every recent id of the ledger, everything is asked for. */
  unseeded: () => void;
  seeded: () => void;
  isSeeded: () => boolean;
}

/**
 * Finds duplicates exactly and in bounded memory: the filter and the set of what is judged but not yet stored answer
 * "never seen" or "ask"; then the ledger decides, one look-up a batch.
 */
export function createDeduper(filter: IdFilter, lookUp: (hashes: Hash[]) => Promise<Map<string, Hash>>): Deduper {
  const inFlight = new Map<string, Hash>();
  let trusted = false;

  async function judge(events: Identified[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    const asked: { at: number; event: Identified }[] = [];
    const pending = new Set<string>();
    for (const event of events) {
      const other = inFlight.get(event.key);
      if (other !== undefined) verdicts.push(duplicateOf(event, other));
      else if (!trusted || filter.mayHave(event.idHash) || pending.has(event.key)) {
        // A later copy in the same batch waits for what the ledger says of the first.
        pending.add(event.key);
        asked.push({ at: verdicts.length, event });
        verdicts.push(accepted);
      } else verdicts.push(accept(event));
    }
    if (asked.length === 0) return verdicts;
    const known = await lookUp(asked.map(({ event }) => event.idHash));
    for (const { at, event } of asked) {
      const other = known.get(event.key) ?? inFlight.get(event.key);
      verdicts[at] = other === undefined ? accept(event) : duplicateOf(event, other);
    }
    return verdicts;
  }

  function accept(event: Identified): Verdict {
    inFlight.set(event.key, event.contentHash);
    filter.add(event.idHash);
    return accepted;
  }

  return {
    judge,
    committed: (events) => {
      for (const event of events) inFlight.delete(event.key);
    },
    reset: () => inFlight.clear(),
    unseeded: () => (trusted = false),
    seeded: () => (trusted = true),
    isSeeded: () => trusted,
  };
}

function duplicateOf(event: Identified, accepted: Hash): Verdict {
  return {
    disposition: 'duplicate',
    reason: sameHash(event.contentHash, accepted) ? 'same-content' : 'content-differs',
  };
}
