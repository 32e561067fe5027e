import type { ClickHouseClient } from '@clickhouse/client';
import type { FlowGap } from '@deskwire/contracts/flow';
import { readGaps, type SeqRange } from '@deskwire/streams/stream-door';

/** Records positions that are gone for good, before anything behind them is stored: those of which that is not recorded yet. */
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
  const recorded = (await readGaps(client, stream)).filter((gap) => gap.epoch === epoch);
  const unrecorded = ranges.flatMap((range) => without(range, recorded));
  if (unrecorded.length === 0) return;
  await client.insert({
    table: 'gaps',
    format: 'JSONEachRow',
    values: unrecorded.map((range) => ({
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

/** The parts of a range that lie in none of the others. */
export function without(range: SeqRange, others: SeqRange[]): SeqRange[] {
  return others.reduce<SeqRange[]>(
    (rest, other) =>
      rest.flatMap((piece) =>
        other.toSeq < piece.fromSeq || other.fromSeq > piece.toSeq
          ? [piece]
          : [
              { fromSeq: piece.fromSeq, toSeq: other.fromSeq - 1 },
              { fromSeq: other.toSeq + 1, toSeq: piece.toSeq },
            ].filter(({ fromSeq, toSeq }) => fromSeq <= toSeq),
      ),
    [range],
  );
}
