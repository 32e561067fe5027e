import type { ClickHouseClient } from '@clickhouse/client';
import { changeRows } from '@deskwire/clickhouse/change-rows';
import {
  countRowsFrom,
  readOpenWithdrawals,
  recordWithdrawal,
  type Withdrawal,
} from '@deskwire/clickhouse/withdrawals';
import { findPosition, type Position, type StreamView } from '@deskwire/streams/position';
import { readEpochs, viewLedger } from '@deskwire/streams/stream-door';
import { insertQueryId } from './append.ts';
import type { Feed } from './feed.ts';

export interface WithdrawDoors {
  client: ClickHouseClient;
  /** For statements that rewrite parts. */
  slowClient: ClickHouseClient;
  /** Unix time, ms. */
  now: () => number;
  /** All rows of it are gone. Told again when nobody knows whether it was told. */
  onWithdrawn: (withdrawal: Withdrawal) => void;
}

type Ledger = Pick<Feed<never>, 'stream' | 'table' | 'lostRows'>;

/**
 * Where to read on. Where the stream has lost its end, rows of what it lost are withdrawn before, if they are made again: the ledger
 * then ends where the stream has its last message in common with it. What a worker before this one began is finished first.
 * Rejects when ClickHouse does not answer; it goes on where it was when it is called again.
 */
export async function settlePosition(
  feed: Ledger,
  doors: WithdrawDoors,
  view: () => Promise<StreamView>,
): Promise<{ position: Position; stream: StreamView }> {
  const { client } = doors;
  const { lostRows } = feed;
  // The ledger first: what another worker stores meanwhile is then in the stream that is looked at, and not taken for lost there.
  const find = async () => {
    const ledger = await viewLedger(client, feed.table, feed.stream);
    const stream = await view();
    return { position: await findPosition(ledger, stream), stream };
  };
  if (lostRows.are === 'kept') return find();
  const carryOut = async (withdrawal: Withdrawal) => {
    await removeRows(doors, feed, lostRows.alsoFrom, withdrawal);
    doors.onWithdrawn(withdrawal);
    await recordWithdrawal(client, withdrawal, true);
  };
  for (const begun of await readOpenWithdrawals(client, feed.stream)) await carryOut(begun);
  const found = await find();
  const { position } = found;
  // Of a stream that has nothing in common with the ledger nobody says what is made again.
  if (position.kind === 'continues' || position.nextSeq === 1 || position.tip.seq < position.nextSeq) return found;
  await carryOut(await begin(doors, feed, position.tip.epoch, position.nextSeq));
  return find();
}

async function begin(
  { client, now }: WithdrawDoors,
  feed: Ledger,
  epoch: number,
  fromSeq: number,
): Promise<Withdrawal> {
  const { stream, table } = feed;
  const epochs = await readEpochs(client, table, stream);
  const lost = { stream, epoch, fromEpoch: epochs.at(-1)?.epoch ?? epoch, fromSeq };
  const found = await countRowsFrom(client, table, lost);
  const withdrawal = { ...lost, ...found, beganAt: new Date(now()).toISOString() };
  await recordWithdrawal(client, withdrawal, false);
  return withdrawal;
}

/** The feed's own rows go last: while there are any, the ledger does not end where the stream does, and nothing else is stored. */
async function removeRows(
  { slowClient }: WithdrawDoors,
  { stream, table }: Ledger,
  alsoFrom: readonly string[],
  { fromEpoch, epoch, fromSeq }: Withdrawal,
): Promise<void> {
  const epochs = `epoch BETWEEN ${fromEpoch} AND ${epoch}`;
  const ofStream = `stream = '${stream}' AND ${epochs}`;
  const remove = (from: string, where: string) =>
    // Whoever comes next waits until no statement of this id runs.
    changeRows(slowClient, `ALTER TABLE ${from} DELETE WHERE ${where}`, insertQueryId(stream));
  for (const derived of alsoFrom) await remove(derived, `${epochs} AND seq >= ${fromSeq}`);
  // A gap that reaches beyond the end is looked for again from its beginning.
  await remove('gaps', `${ofStream} AND to_seq >= ${fromSeq}`);
  await remove(table, `${ofStream} AND seq >= ${fromSeq}`);
}
