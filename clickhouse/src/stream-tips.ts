import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import { firstArrivals, streamTips } from './flow-queries.ts';
import { runQuery } from './query.ts';

/** One epoch of a ledger as numbers that must add up; see `proveEpoch`. */
export type StreamTip = z.output<typeof streamTips.row> & {
  /** When its first row reached the stream, Unix microseconds; null where it begins at position 1, as the oldest of a stream does. */
  first_at_us: number | null;
};

/** Every epoch of the streams in a table, by stream and epoch. Throws QueryError. */
export async function readStreamTips(client: ClickHouseClient, table: string): Promise<StreamTip[]> {
  const tips = await runQuery(client, streamTips, { table });
  const isFromOne = tips.map(({ stream, first_seq }, place) => first_seq === 1 || tips[place - 1]?.stream !== stream);
  const arrivals = isFromOne.includes(false) ? await runQuery(client, firstArrivals, { table }) : [];
  return tips.map((tip, place) => {
    const arrival = arrivals.find(({ stream, epoch }) => stream === tip.stream && epoch === tip.epoch);
    // Its rows are being withdrawn where there is none any more.
    return { ...tip, first_at_us: isFromOne[place] === true ? null : (arrival?.first_at_us ?? tip.epoch) };
  });
}
