import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { count, defineQuery, QueryError, runQuery } from './query.ts';

const file = (name: string) => new URL(`queries/${name}.sql`, import.meta.url);

/** Positions of a stream whose rows go, in every epoch from the first to the last of these. */
export interface Withdrawal {
  stream: string;
  epoch: number;
  fromEpoch: number;
  fromSeq: number;
  toSeq: number;
  /** How many of them had a row. */
  messages: number;
  /** ISO. */
  beganAt: string;
}

const openWithdrawals = defineQuery(
  file('open-withdrawals'),
  z.object({ stream: z.string() }),
  z.object({
    ...{ stream: z.string(), epoch: count, from_epoch: count, from_seq: count, to_seq: count, messages: count },
    began_at: z.iso.datetime(),
  }),
);

const rowsFrom = defineQuery(
  file('rows-from'),
  z.object({ table: z.string(), stream: z.string(), from_epoch: count, epoch: count, from_seq: count }),
  z.object({ messages: count, to_seq: count }),
);

/** What was begun and is not known to be done. Throws QueryError. */
export async function readOpenWithdrawals(client: ClickHouseClient, stream: string): Promise<Withdrawal[]> {
  const rows = await runQuery(client, openWithdrawals, { stream });
  return rows.map(({ from_epoch, from_seq, to_seq, began_at, ...row }) => ({
    ...row,
    ...{ fromEpoch: from_epoch, fromSeq: from_seq, toSeq: to_seq, beganAt: began_at },
  }));
}

/** How many messages have a row from this position on, and the last of them. Throws QueryError. */
export async function countRowsFrom(
  client: ClickHouseClient,
  table: string,
  { stream, fromEpoch, epoch, fromSeq }: Pick<Withdrawal, 'stream' | 'fromEpoch' | 'epoch' | 'fromSeq'>,
): Promise<{ messages: number; toSeq: number }> {
  const from = { from_epoch: fromEpoch, epoch, from_seq: fromSeq };
  const [found] = await runQuery(client, rowsFrom, { table, stream, ...from });
  return { messages: found?.messages ?? 0, toSeq: found?.to_seq ?? 0 };
}

/** Says that it begins, or that it is done. Saying it again changes nothing. Throws QueryError. */
export async function recordWithdrawal(
  client: ClickHouseClient,
  withdrawal: Withdrawal,
  isDone: boolean,
): Promise<void> {
  const { fromEpoch, fromSeq, toSeq, beganAt, ...rest } = withdrawal;
  const row = {
    ...{ ...rest, from_epoch: fromEpoch, from_seq: fromSeq, to_seq: toSeq, is_done: isDone ? 1 : 0 },
    began_at: beganAt.slice(0, -1).replace('T', ' '),
  };
  try {
    const settings = { async_insert: 0 } as const;
    await client.insert({ table: 'withdrawals', format: 'JSONEachRow', values: [row], clickhouse_settings: settings });
  } catch (error) {
    throw new QueryError('withdrawals', { cause: error });
  }
}
