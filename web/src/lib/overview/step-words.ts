import { formatSpan } from '../format';

/** How wide buckets are, in words. */
export function stepWords(stepMs: number): string {
  const minutes = stepMs / 60_000;
  if (minutes === 1) return 'by the minute';
  if (minutes < 60) return `by ${minutes} minutes`;
  const hours = minutes / 60;
  if (hours === 1) return 'by the hour';
  if (hours < 24) return `by ${hours} hours`;
  return hours === 24 ? 'by day' : 'by week';
}

/** Said in place of a line. */
export const tooFewWords = (stepMs: number) => `too few per ${formatSpan(stepMs)} to draw`;
