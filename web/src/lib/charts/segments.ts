/** One bucket as it is drawn: `value` null where nothing is known, which is not zero. Times are Unix ms. */
export interface Point {
  from: number;
  to: number;
  value: number | null;
  /** It may still change: it is not over, or not everything in it is known. */
  unfinished: boolean;
}

/** Solid and dashed runs of known points. A gap is never joined; a dashed run begins at the solid point before it. */
export function segments<P extends Point>(points: readonly P[]): { solid: P[][]; dashed: P[][] } {
  const solid: P[][] = [];
  const dashed: P[][] = [];
  let before: P | undefined;
  for (const point of points) {
    if (point.value === null) {
      before = undefined;
      continue;
    }
    const runs = point.unfinished ? dashed : solid;
    const run = runs.at(-1);
    if (before !== undefined && run?.at(-1) === before) run.push(point);
    else runs.push(before !== undefined && point.unfinished ? [before, point] : [point]);
    before = point;
  }
  return { solid, dashed };
}
