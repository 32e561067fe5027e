import { rejectedBefore, type RejectedBefore } from '@deskwire/clickhouse/rejected-events';

/** Where a page ended, as a part of an address: `<received, Unix us>.<epoch>.<seq>.<idx>`. */
export const writeRejectedCursor = ({ us, epoch, seq, idx }: RejectedBefore) => [us, epoch, seq, idx].join('.');

/** Undefined for what this server did not write. */
export function readRejectedCursor(text: string): RejectedBefore | undefined {
  const [us, ...numbers] = text.split('.');
  const [epoch, seq, idx] = numbers.map(Number);
  return rejectedBefore.safeParse({ us, epoch, seq, idx }).data;
}
