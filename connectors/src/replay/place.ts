import type { RowRange } from './row-ranges.ts';

/** How far a replay is acknowledged, whatever the order in which acknowledgements arrive. */
export interface Place {
  sent: (range: RowRange) => void;
  /** `seq`: the position that the stream gave this message. */
  acknowledged: (range: RowRange, seq: number) => void;
  /** Every row below is acknowledged. */
  row: () => number;
  /** Messages of rows at or above `row()` stand here or behind. */
  fromSeq: () => number;
}

/** Begins at `row`; rows below `aheadRow` may already stand in the stream, anywhere from `fromSeq` on. Ranges are sent in order. */
export function createPlace(start: { row: number; fromSeq: number; aheadRow: number }): Place {
  const underWay: { range: RowRange; seq: number | undefined }[] = [];
  let { row, fromSeq } = start;
  return {
    sent: (range) => void underWay.push({ range, seq: undefined }),
    acknowledged: (range, seq) => {
      const found = underWay.find((message) => message.range === range);
      if (found !== undefined) found.seq = seq;
      for (let first = underWay[0]; first?.seq !== undefined; first = underWay[0]) {
        row = first.range.to;
        // One connection stores in order, but what an earlier attempt stored ahead stands before this.
        if (row >= start.aheadRow) fromSeq = first.seq + 1;
        underWay.shift();
      }
    },
    row: () => row,
    fromSeq: () => fromSeq,
  };
}
