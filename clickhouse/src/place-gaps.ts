import type { FlowGap } from '@deskwire/contracts/flow';

/** A gap by its positions. */
export type GapPositions = Omit<FlowGap, 'arrivedAfter' | 'arrivedBefore'>;

/** When a message reached its stream, ISO; undefined where no row says so. */
export type ArrivedAt = (message: { stream: string; epoch: number; seq: number }) => string | undefined;

/**
 * Between which two times the messages of each gap reached their stream: those of the stored messages beside it. Gaps that touch
 * share them. Pure.
 */
export function placeGaps(gaps: readonly GapPositions[], arrivedAt: ArrivedAt): FlowGap[] {
  const ordered = gaps.toSorted(
    (a, b) => a.stream.localeCompare(b.stream) || a.epoch - b.epoch || a.fromSeq - b.fromSeq || a.toSeq - b.toSeq,
  );
  const afterOf = new Map<GapPositions, string | null>();
  const beforeOf = new Map<GapPositions, string | null>();
  ordered.forEach((gap, place) => {
    const last = ordered[place - 1];
    const shared = last !== undefined && touches(last, gap) ? afterOf.get(last) : undefined;
    afterOf.set(gap, arrivedAt({ ...gap, seq: gap.fromSeq - 1 }) ?? shared ?? null);
  });
  ordered.toReversed().forEach((gap, place, reversed) => {
    const next = reversed[place - 1];
    const shared = next !== undefined && touches(gap, next) ? beforeOf.get(next) : undefined;
    beforeOf.set(gap, arrivedAt({ ...gap, seq: gap.toSeq + 1 }) ?? shared ?? null);
  });
  return ordered.map((gap) => ({
    ...gap,
    arrivedAfter: afterOf.get(gap) ?? null,
    arrivedBefore: beforeOf.get(gap) ?? null,
  }));
}

const touches = (first: GapPositions, second: GapPositions) =>
  first.stream === second.stream && first.epoch === second.epoch && first.toSeq + 1 >= second.fromSeq;
