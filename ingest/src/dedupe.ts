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
    const verdicts = new Array<Verdict | undefined>(events.length);
    const asked: number[] = [];
    const pending = new Set<string>();
    events.forEach((event, i) => {
      const other = inFlight.get(event.key);
      if (other !== undefined) verdicts[i] = duplicateOf(event, other);
      else if (pending.has(event.key) || !trusted || filter.mayHave(event.idHash)) {
        // A later copy in the same batch waits for what the ledger says of the first.
        pending.add(event.key);
        asked.push(i);
      } else verdicts[i] = accept(event);
    });
    if (asked.length > 0) {
      const known = await lookUp(asked.flatMap((i) => events[i]?.idHash ?? []));
      for (const i of asked) {
        const event = events[i];
        if (event === undefined) continue;
        const other = known.get(event.key) ?? inFlight.get(event.key);
        verdicts[i] = other === undefined ? accept(event) : duplicateOf(event, other);
      }
    }
    return verdicts.map((verdict) => verdict ?? { disposition: 'accepted' });
  }

  function accept(event: Identified): Verdict {
    inFlight.set(event.key, event.contentHash);
    filter.add(event.idHash);
    return { disposition: 'accepted' };
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
