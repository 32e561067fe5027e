import { formatCount } from '../../../lib/format';

/** Why an event was rejected, as a title: "Unknown status" of "unknown-status". */
export function reasonTitle(reason: string): string {
  const words = reason
    .replaceAll('-', ' ')
    .replace(/\butf8\b/, 'UTF-8')
    .replace(/\bjson\b/, 'JSON');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How many of them are neither mended nor dismissed. */
export const waitingWords = (waiting: number) => (waiting === 0 ? 'none waiting' : `${formatCount(waiting)} waiting`);
