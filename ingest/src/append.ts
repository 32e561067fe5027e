import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ClickHouseError, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import { insertRunning } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import type { Tip } from '@deskwire/streams/position';
import type { Epoch, Prepared } from './feed.ts';

export interface Append {
  table: string;
  stream: string;
  /** Of the bytes, as `name Type`; the rows' stream and its epoch are added. */
  columns: readonly string[];
  epoch: Epoch;
  prepared: Prepared;
  /** The insert is refused unless this still holds. */
  condition: AppendCondition;
}

export type AppendCondition =
  { at: 'tip'; tip: Tip } | { at: 'hole'; epoch: number; fromSeq: number; toSeq: number } | { at: 'anywhere' };

/** stored; moved: another writer was there first; busy: an earlier insert of this feed still runs; unknown: nobody can say. */
export type Appended = { result: 'stored' } | { result: 'moved' | 'busy' } | { result: 'unknown'; cause: unknown };

const settings: ClickHouseSettings = {
  // One block into one partition is one atomic part; each of these would split it, or answer before it is there.
  async_insert: 0,
  max_insert_threads: '1',
  max_threads: 1,
  input_format_parallel_parsing: 0,
  max_block_size: '1000000',
  max_insert_block_size: '1000000',
  min_insert_block_size_rows: '1000000',
  min_insert_block_size_bytes: '0',
  max_memory_usage: '4000000000',
};

/** The id of a feed's insert: a server refuses a second statement with it while the first one runs. */
export const insertQueryId = (stream: string) => `ingest-${stream}`;

/** Appends one batch as one part, if and only if its condition holds. Never retries: whoever does not know reads the ledger again. */
export async function append(
  client: ClickHouseClient,
  { table, stream, columns, epoch, prepared, condition }: Append,
): Promise<Appended> {
  const { sql, params } = guard(condition);
  const names = columns.map((column) => column.slice(0, column.indexOf(' '))).join(', ');
  const structure = columns.join(', ').replaceAll("'", "\\'");
  try {
    const answer = await client.exec({
      query: `INSERT INTO ${table} (stream, epoch, stream_created, ${names}) SELECT {stream: String}, {of_epoch: UInt64}, fromUnixTimestamp64Micro({stream_created: Int64}, 'UTC'), * FROM input('${structure}') ${sql} FORMAT RowBinary`,
      query_id: insertQueryId(stream),
      query_params: { table, stream, of_epoch: epoch.epoch, stream_created: epoch.streamCreatedUs, ...params },
      clickhouse_settings: settings,
      values: Readable.from(prepared.rowBinary, { objectMode: false }),
    });
    // Read to its end, which frees the connection for the next insert.
    await finished(answer.stream.resume());
    return { result: 'stored' };
  } catch (error) {
    if (error instanceof ClickHouseError) {
      if (error.code === '395') return { result: 'moved' };
      if (error.code === '216') return { result: 'busy' };
    }
    return { result: 'unknown', cause: error };
  }
}

function guard(condition: AppendCondition): { sql: string; params: Record<string, number> } {
  switch (condition.at) {
    case 'tip':
      return {
        sql: `WHERE throwIf((SELECT max((epoch, last)) FROM (SELECT epoch, max(seq) AS last FROM {table: Identifier} WHERE stream = {stream: String} GROUP BY stream, epoch)) != ({epoch: UInt64}, {seq: UInt64}), 'position moved') = 0`,
        params: { epoch: condition.tip.epoch, seq: condition.tip.seq },
      };
    case 'hole':
      return {
        sql: `WHERE throwIf((SELECT count() FROM {table: Identifier} WHERE stream = {stream: String} AND epoch = {epoch: UInt64} AND seq BETWEEN {from: UInt64} AND {to: UInt64}) != 0, 'hole filled') = 0`,
        params: { epoch: condition.epoch, from: condition.fromSeq, to: condition.toSeq },
      };
    case 'anywhere':
      return { sql: '', params: {} };
    default:
      return condition satisfies never;
  }
}

/** Resolves when no insert of this feed is running any more. Rejects when ClickHouse does not answer. */
export async function untilNoInsertRuns(
  client: ClickHouseClient,
  stream: string,
  pause: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const [row] = await runQuery(client, insertRunning, { query_id: insertQueryId(stream) });
    if (row?.running === 0) return;
    await pause();
  }
}
