import { append, type AppendCondition } from './append.ts';
import type { Batch, Counted, Epoch, Feed, Prepared } from './feed.ts';
import { recordGaps } from './gaps.ts';
import type { SessionDoors } from './session.ts';
import { viewStream } from '@deskwire/streams/stream-door';

export interface Store<Rows> {
  prepared: Prepared;
  batch: Batch<Rows>;
  epoch: Epoch;
  condition: AppendCondition;
}

/** Stores one prepared batch, gaps before it first, and announces it. Rejects with NotStored whenever it is not known to be stored. */
export async function store<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  { prepared, batch, epoch, condition }: Store<Rows>,
): Promise<void> {
  const { client, announce, now } = doors;
  if (batch.missing.length > 0) await recordMissing(feed, doors, batch, epoch.epoch);
  const appended = await append(client, {
    table: feed.table,
    stream: feed.stream,
    columns: feed.columns,
    epoch,
    prepared,
    condition,
  });
  if (appended.result === 'unknown')
    throw new NotStored(`the outcome of an insert into ${feed.table} is not known`, { cause: appended.cause });
  if (appended.result !== 'stored') throw new NotStored(`an insert into ${feed.table} was refused: ${appended.result}`);
  prepared.onCommitted();
  announce({
    stream: feed.stream,
    epoch: epoch.epoch,
    seq: batch.lastSeq,
    rows: prepared.rows,
    watermark: new Date(batch.lastTimeUs / 1_000).toISOString(),
    at: new Date(now()).toISOString(),
  });
}

async function recordMissing<Rows extends Counted>(
  feed: Feed<Rows>,
  { client, jsm, log, now }: SessionDoors,
  batch: Batch<Rows>,
  epoch: number,
): Promise<void> {
  const { firstSeq } = await viewStream(jsm, feed.stream);
  log.warn(
    { stream: feed.stream, epoch, ranges: batch.missing.slice(0, 10) },
    'the stream no longer has these messages: recorded as gaps',
  );
  await recordGaps(client, {
    stream: feed.stream,
    epoch,
    ranges: batch.missing,
    reasonOf: (range) => (range.toSeq < firstSeq ? 'retention' : 'deleted'),
    now: now(),
  });
}

export class NotStored extends Error {
  override name = 'NotStored';
}
