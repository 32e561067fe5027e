/** Two pixels of the narrowest bar, per cent. */
const visibleMin = 0.6;

/** Parts of a bar, per cent of it: one that is not zero can be seen, and what that takes comes from the largest. Pure. */
export function segmentWidths(counts: readonly number[]): number[] {
  const sum = counts.reduce((so, count) => so + count, 0);
  const widths = counts.map((count) => (count === 0 ? 0 : Math.max(visibleMin, (100 * count) / sum)));
  const excess = widths.reduce((so, width) => so + width, 0) - (sum === 0 ? 0 : 100);
  const largest = widths.indexOf(Math.max(...widths));
  return widths.map((width, place) => (place === largest ? width - excess : width));
}
