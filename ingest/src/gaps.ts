import type { ClickHouseClient } from '@clickhouse/client';
import type { FlowGap } from '@deskwire/contracts/flow';
import type { SeqRange } from '@deskwire/streams/stream-door';

/** Records positions that are gone for good, before anything behind them is stored. Recording one again changes nothing. */
export async function recordGaps(
  client: ClickHouseClient,
  {
    stream,
    epoch,
    ranges,
    reasonOf,
    now,
  }: {
    stream: string;
    epoch: number;
    ranges: SeqRange[];
    reasonOf: (range: SeqRange) => FlowGap['reason'];
    now: number;
  },
): Promise<void> {
  if (ranges.length === 0) return;
  await client.insert({
    table: 'gaps',
    format: 'JSONEachRow',
    values: ranges.map((range) => ({
      stream,
      epoch,
      from_seq: range.fromSeq,
      to_seq: range.toSeq,
      reason: reasonOf(range),
      detected_at: new Date(now).toISOString().slice(0, -1).replace('T', ' '),
    })),
    clickhouse_settings: { async_insert: 0 },
  });
}
