import type { FlowGap } from '@deskwire/contracts/flow';

/** From this position on, the messages that the stream holds now belong to this epoch of the ledger. */
export interface EpochRange {
  epoch: number;
  fromSeq: number;
}

/**
 * The epochs of a stream as it is now, newest first: an epoch that begins behind position 1 left the messages before it to
 * the epoch before, one that begins at 1 is a stream made again. The oldest of all begins at 1, whatever is left of it. `tips` in any order.
 */
export function epochsOf(
  tips: { epoch: number; first_seq: number }[],
  gaps: Pick<FlowGap, 'epoch' | 'fromSeq'>[],
): EpochRange[] {
  const ranges: EpochRange[] = [];
  const newestFirst = tips.toSorted((a, b) => b.epoch - a.epoch);
  for (const { epoch, first_seq } of newestFirst) {
    const recorded = gaps.filter((gap) => gap.epoch === epoch).map((gap) => gap.fromSeq);
    const fromSeq = epoch === newestFirst.at(-1)?.epoch ? 1 : Math.min(first_seq, ...recorded);
    const end = ranges.at(-1)?.fromSeq;
    if (end !== undefined && fromSeq >= end) continue; // None of its messages are left.
    ranges.push({ epoch, fromSeq });
    if (fromSeq <= 1) break;
  }
  return ranges;
}

/** The last position at which the stream has messages of an epoch, if it still has them; 0 where it has none. */
export function lastHeld(ranges: EpochRange[], epoch: number): number {
  const at = ranges.findIndex((range) => range.epoch === epoch);
  if (at < 0) return 0;
  return (ranges[at - 1]?.fromSeq ?? Infinity) - 1;
}

/** The epoch of one position; before all of them, that of the oldest. Throws RangeError without any. */
export function epochAt(ranges: EpochRange[], seq: number): number {
  const range = ranges.find(({ fromSeq }) => fromSeq <= seq) ?? ranges.at(-1);
  if (range === undefined) throw new RangeError('a stream without an epoch');
  return range.epoch;
}

/**
 * Where to read on after a floor, which may be of an epoch that is gone: its next position, or where its epoch ended in
 * the stream, or the first position of all.
 */
export function nextAfter(ranges: EpochRange[], floor: { epoch: number; seq: number } | undefined): number {
  const first = ranges.at(-1)?.fromSeq ?? 1;
  const at = ranges.findIndex(({ epoch }) => epoch === floor?.epoch);
  if (floor === undefined || at < 0) return first;
  const end = at === 0 ? undefined : ranges[at - 1]?.fromSeq;
  return Math.min(floor.seq + 1, end ?? Infinity);
}
