import type { GapPositions } from './place-gaps.ts';
import type { StreamTip } from './stream-tips.ts';

type Range = Pick<GapPositions, 'fromSeq' | 'toSeq'>;
type Gap = Pick<GapPositions, 'fromSeq' | 'toSeq' | 'reason'>;

/** Whether one epoch of a ledger adds up: its positions, and what is known of them. */
export interface EpochProof {
  /** Where it begins. Where its beginning is lost nobody knows: 1, so that no less is missing than can be. */
  firstSeq: number;
  isBeginningLost: boolean;
  /** Up to here everything is stored or gone. */
  committedSeq: number;
  /** Positions with neither a row nor a gap; below zero: positions that are there twice. */
  short: number;
  /** As many positions as there should be, and no other ones. */
  isWhole: boolean;
}

/**
 * Proves one epoch. The oldest of a stream begins at position 1, since what was gone before ingest came is a recorded gap; a later one
 * begins with the message that it is named by, or with a gap before that. `gaps`: of this epoch, in order, none twice. Pure.
 */
export function proveEpoch(tip: StreamTip, gaps: readonly Gap[]): EpochProof {
  const isBeginningLost = lostItsBeginning(tip, gaps);
  const isFromOne = tip.first_at_us === null || isBeginningLost;
  const firstSeq = isFromOne ? 1 : Math.min(tip.first_seq, gaps[0]?.fromSeq ?? Infinity);
  const committedSeq = committedBehind(tip.last_seq, gaps);
  const known = gaps.filter(({ toSeq }) => toSeq <= committedSeq);
  const gone = known.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
  const short = committedSeq - firstSeq + 1 - gone - tip.messages;
  const expected = known.reduce((sum, gap) => sum - sumOf(gap), sumOf({ fromSeq: firstSeq, toSeq: committedSeq }));
  // ClickHouse adds up in 64 bits and begins again at zero.
  const isWhole = short === 0 && BigInt.asUintN(64, expected) === tip.seq_sum;
  return { firstSeq, isBeginningLost, committedSeq, short, isWhole };
}

/**
 * The last position before which nothing waits: gaps count where they follow the last row, or each other. One that was recorded before
 * the rows between were stored says nothing of them. `gaps` in order.
 */
export function committedBehind(lastSeq: number, gaps: readonly Range[]): number {
  return gaps.reduce((end, { fromSeq, toSeq }) => (fromSeq <= end + 1 ? Math.max(end, toSeq) : end), lastSeq);
}

/** Nothing that is left has the time that names the epoch, and no gap says why. */
function lostItsBeginning({ first_seq, first_at_us, epoch }: StreamTip, gaps: readonly Gap[]): boolean {
  if (first_at_us === null || first_at_us <= epoch) return false;
  const before = gaps.filter(({ toSeq }) => toSeq < first_seq);
  // What a hole follows may well be the gap that the epoch began with.
  const reachesFirst = (before.at(-1)?.toSeq ?? first_seq - 1) === first_seq - 1;
  return reachesFirst && !before.some(({ reason }) => reason === 'lost');
}

/** Of all positions of a range: beyond 2^53 from 134 million on. */
const sumOf = ({ fromSeq, toSeq }: Range): bigint => (BigInt(fromSeq + toSeq) * BigInt(toSeq - fromSeq + 1)) / 2n;
