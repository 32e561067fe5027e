/** Rows of a file from `from` to before `to`, counted from 0 in the order of the replay. */
export interface RowRange {
  from: number;
  to: number;
}

/** What of `total` rows is in none of `stored`, in order; those may overlap and come in any order. */
export function missingRows(total: number, stored: RowRange[]): RowRange[] {
  const missing: RowRange[] = [];
  let next = 0;
  for (const { from, to } of [...stored].sort((a, b) => a.from - b.from)) {
    if (from >= total) break;
    if (from > next) missing.push({ from: next, to: from });
    next = Math.max(next, to);
  }
  if (next < total) missing.push({ from: next, to: total });
  return missing;
}

export function countRows(ranges: RowRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

export const formatRange = ({ from, to }: RowRange) => `${from}-${to}`;

/** Undefined for anything that `formatRange` did not write. */
export function parseRange(text: string): RowRange | undefined {
  const parts = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (parts === null) return undefined;
  const range = { from: Number(parts[1]), to: Number(parts[2]) };
  return range.from < range.to ? range : undefined;
}
