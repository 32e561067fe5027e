import type { ClickHouseClient } from '@clickhouse/client';
import { proveEpoch } from '@deskwire/clickhouse/epoch-proof';
import { readStreamTips } from '@deskwire/clickhouse/stream-tips';
import { lastHeld } from '@deskwire/streams/epochs';
import type { Position } from '@deskwire/streams/position';
import { findHoles, readEpochs, readGaps, type SeqRange } from '@deskwire/streams/stream-door';
import { batchOf } from './collector.ts';
import type { Chunk, Counted, Epoch, Feed } from './feed.ts';
import { recordGaps, without } from './gaps.ts';
import { readRange } from './read-range.ts';
import type { SessionDoors } from './session.ts';
import { store } from './store.ts';

/** What an epoch of the ledger lost: positions that have neither a row nor a recorded gap. */
export interface LostRows {
  epoch: number;
  ranges: SeqRange[];
  /** Of the messages before the first row that is left only those from this time on are of this epoch, Unix microseconds. */
  fromTimeUs: number;
}

/** What is lost of a ledger, newest epoch first: what does not add up is read in full. Rejects with QueryError. */
export async function findLostRows(
  client: ClickHouseClient,
  { stream, table }: Pick<Feed<never>, 'stream' | 'table'>,
): Promise<LostRows[]> {
  // The gaps last: one is recorded before anything behind it is stored.
  const tips = (await readStreamTips(client, table)).filter((tip) => tip.stream === stream);
  const gaps = await readGaps(client, stream);
  const lost: LostRows[] = [];
  for (const tip of tips.toReversed()) {
    const { epoch, last_seq: last } = tip;
    const recorded = gaps.filter((gap) => gap.epoch === epoch);
    const { isWhole, isBeginningLost, firstSeq: first } = proveEpoch(tip, recorded);
    if (isWhole) continue;
    const holes = await findHoles(client, table, stream, epoch, { first, last });
    const ranges = holes.flatMap((hole) => without(hole, recorded));
    // Rows that are there twice leave none.
    if (ranges.length > 0) lost.push({ epoch, ranges, fromTimeUs: isBeginningLost ? epoch : 0 });
  }
  return lost;
}

/** Reads lost positions again while the stream still has them; what it no longer has becomes a recorded gap. */
export async function repairHoles<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  { streamCreatedUs }: Position,
  stop: AbortSignal,
): Promise<void> {
  const { client, log, now } = doors;
  const { stream, table } = feed;
  for (const { epoch, ranges, fromTimeUs } of await findLostRows(client, feed)) {
    const heldSeq = lastHeld(await readEpochs(client, table, stream), epoch);
    for (const { fromSeq, toSeq } of ranges) {
      log.error({ stream, epoch, fromSeq, toSeq }, 'rows are missing from the ledger: reading them again');
      const held = { fromSeq, toSeq: Math.min(toSeq, heldSeq), fromTimeUs };
      const gone = without({ fromSeq, toSeq }, [held]);
      const storeAgain = (chunk: Chunk) => storeHole(feed, doors, { epoch, streamCreatedUs }, chunk);
      if (held.toSeq >= fromSeq) gone.push(...(await readRange(doors, stream, held, storeAgain, stop)));
      await recordGaps(client, { stream, epoch, ranges: gone, reasonOf: () => 'lost', now: now() });
    }
  }
}

async function storeHole<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  epoch: Epoch,
  { messages, ...span }: Chunk,
): Promise<void> {
  const batch = batchOf({ ...span, missing: [], rows: await feed.decode(messages) });
  const prepared = await feed.prepare(batch, epoch);
  const condition = { at: 'hole', epoch: epoch.epoch, fromSeq: batch.firstSeq, toSeq: batch.lastSeq } as const;
  await store(feed, doors, { prepared, batch, epoch, condition });
}
