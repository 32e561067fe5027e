import type { Hash } from '@deskwire/clickhouse/events-row';

/** The same 64 bits as ClickHouse prints a UInt64. */
export function decimalOf({ low, high }: Hash): string {
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
}

export function sameHash(a: Hash, b: Hash): boolean {
  return a.low === b.low && a.high === b.high;
}
