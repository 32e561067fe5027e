import type { Hash } from '@deskwire/clickhouse/events-row';
import type { DuplicateReason } from '@deskwire/contracts/reasons';
import type { IdFilter } from './id-filter.ts';

/** Events to be judged, by number. Their hashes lie side by side, four numbers an event: halves of the id's and of the content's. */
export interface Identified {
  count: number;
  hashes: Int32Array;
  /** False for what was rejected: it is no copy of anything, and nothing is a copy of it. */
  isEvent: (row: number) => boolean;
  /** The dedup identity itself; asked only where hashes agree. */
  keyOf: (row: number) => string;
}

/** Of each event of a group: accepted, or why it is the duplicate of an accepted one. */
export const verdictReasons = ['', 'same-content', 'content-differs'] as const satisfies ('' | DuplicateReason)[];
const accepted = 0;
const sameContent = 1;
const contentDiffers = 2;

export const isDuplicate = (verdict: number | undefined) => verdict !== undefined && verdict !== accepted;

/** One number an event, an index of `verdictReasons`; undefined when every one of the group is accepted. */
export type Verdicts = Uint8Array | undefined;

export interface Judgement {
  /** One for each group. */
  verdicts: Verdicts[];
  /** The rows behind them are stored: from now on the ledger itself answers for them. */
  committed: () => void;
}

export interface Deduper {
  /** Judges groups of events in order. At most one look-up. Rejects when ClickHouse does not answer. */
  judge: (groups: Identified[]) => Promise<Judgement>;
  /** What was judged and not stored is forgotten. */
  reset: () => void;
  /** Until the filter knows every recent id of the ledger, everything is asked for. */
  unseeded: () => void;
  seeded: () => void;
  isSeeded: () => boolean;
}

/** A group whose outcome is under way. `byHash` is made when somebody first has to search it. */
interface InFlight {
  group: Identified;
  verdicts: Verdicts;
  byHash: Map<number, number[]> | undefined;
}

/**
 * Finds duplicates exactly and in bounded memory: the filter answers "never seen" or "ask"; then what is judged but not yet stored
 * decides, or the ledger, one look-up a batch.
 */
export function createDeduper(filter: IdFilter, lookUp: (hashes: Hash[]) => Promise<Map<string, Hash>>): Deduper {
  let inFlight: InFlight[] = [];
  let trusted = false;

  async function judge(groups: Identified[]): Promise<Judgement> {
    const batch = groups.map((group): InFlight => ({ group, verdicts: undefined, byHash: undefined }));
    const suspects = batch.flatMap((one) => suspectsOf(one.group).map((row) => ({ one, row })));
    inFlight.push(...batch);
    if (suspects.length > 0) {
      const before = inFlight;
      const known = await lookUp(suspects.map(({ one, row }) => idHashOf(one.group, row)));
      // In order: a later copy in the same batch is compared with what became of the first.
      for (const { one, row } of suspects) {
        const key = one.group.keyOf(row);
        const other = known.get(key) ?? findAccepted(before, one, row, key);
        if (other === undefined) continue;
        one.verdicts ??= new Uint8Array(one.group.count);
        one.verdicts[row] = isContent(one.group, row, other) ? sameContent : contentDiffers;
      }
    }
    return {
      verdicts: batch.map(({ verdicts }) => verdicts),
      committed: () => (inFlight = inFlight.filter((one) => !batch.includes(one))),
    };
  }

  /** Events that may be copies; all others are new for certain, and from now on the filter knows every one of them. */
  function suspectsOf(group: Identified): number[] {
    const { count, hashes } = group;
    const suspects: number[] = [];
    for (let row = 0; row < count; row++) {
      if (!group.isEvent(row)) continue;
      const low = hashes[row * 4] ?? 0;
      const high = hashes[row * 4 + 1] ?? 0;
      if (!trusted || filter.mayHave(low, high)) suspects.push(row);
      filter.add(low, high);
    }
    return suspects;
  }

  return {
    judge,
    reset: () => (inFlight = []),
    unseeded: () => (trusted = false),
    seeded: () => (trusted = true),
    isSeeded: () => trusted,
  };
}

/** Content of the accepted event with this key that is under way before `row` of `of`. */
function findAccepted(inFlight: InFlight[], of: InFlight, row: number, key: string): Hash | undefined {
  const low = of.group.hashes[row * 4] ?? 0;
  for (const one of inFlight) {
    one.byHash ??= indexOf(one.group);
    for (const other of one.byHash.get(low) ?? []) {
      if (one === of && other >= row) break;
      const isAccepted = (one.verdicts?.[other] ?? accepted) === accepted;
      if (isAccepted && one.group.keyOf(other) === key) return contentHashOf(one.group, other);
    }
    if (one === of) return undefined;
  }
  return undefined;
}

function indexOf(group: Identified): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < group.count; row++) {
    if (!group.isEvent(row)) continue;
    const low = group.hashes[row * 4] ?? 0;
    const same = rows.get(low);
    if (same === undefined) rows.set(low, [row]);
    else same.push(row);
  }
  return rows;
}

const idHashOf = ({ hashes }: Identified, row: number): Hash => ({
  low: hashes[row * 4] ?? 0,
  high: hashes[row * 4 + 1] ?? 0,
});
const contentHashOf = ({ hashes }: Identified, row: number): Hash => ({
  low: hashes[row * 4 + 2] ?? 0,
  high: hashes[row * 4 + 3] ?? 0,
});
const isContent = ({ hashes }: Identified, row: number, { low, high }: Hash) =>
  hashes[row * 4 + 2] === low && hashes[row * 4 + 3] === high;
