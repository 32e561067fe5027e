import type { ClickHouseClient } from '@clickhouse/client';
import { recordedGaps, streamTips } from '@deskwire/clickhouse/flow-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import type { StreamTip } from '@deskwire/clickhouse/stream-proof';
import { createChunker } from './chunker.ts';
import { batchOf } from './collector.ts';
import type { SeqRange } from '@deskwire/streams/stream-door';
import type { Chunk, Counted, Feed } from './feed.ts';
import { recordGaps } from './gaps.ts';
import type { Position } from '@deskwire/streams/position';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { SessionDoors } from './session.ts';
import { store } from './store.ts';
import { findHoles, getMessage } from '@deskwire/streams/stream-door';
import { microsOfText } from '@deskwire/streams/stream-time';

const messagesAtOnce = 1_000;

/** Epochs whose positions do not equal first rows plus recorded gaps: a part in the middle is gone, which a maximum hides. */
export async function unprovedEpochs(
  client: ClickHouseClient,
  stream: string,
  tips: StreamTip[],
): Promise<{ tip: StreamTip; gaps: SeqRange[] }[]> {
  const recorded = (await runQuery(client, recordedGaps, {})).filter((gap) => gap.stream === stream);
  return tips
    .filter((tip) => tip.stream === stream)
    .map((tip) => ({
      tip,
      gaps: recorded
        .filter((gap) => gap.epoch === tip.epoch)
        .map((gap) => ({ fromSeq: gap.from_seq, toSeq: gap.to_seq })),
    }))
    .filter(({ tip, gaps }) => {
      const inside = gaps.filter((gap) => gap.toSeq <= tip.last_seq);
      const first = Math.min(tip.first_seq, ...inside.map((gap) => gap.fromSeq));
      return (
        tip.last_seq - first + 1 !== tip.messages + inside.reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0)
      );
    });
}

/** Reads lost positions again while the stream still has them; what it no longer has becomes a recorded gap. */
export async function repairHoles<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  position: Position & { kind: 'continues' },
  stop: AbortSignal,
): Promise<void> {
  const { client, log, now } = doors;
  const tips = await runQuery(client, streamTips, { table: feed.table });
  for (const { tip, gaps } of await unprovedEpochs(client, feed.stream, tips)) {
    const holes = await findHoles(client, feed.table, feed.stream, tip.epoch, tip.first_seq);
    for (const hole of holes.flatMap((range) => without(range, gaps))) {
      log.error(
        { stream: feed.stream, epoch: tip.epoch, ...hole },
        'rows are missing from the ledger: reading them again',
      );
      const lost = tip.epoch === position.epoch ? await refill(feed, doors, position, hole, stop) : [hole];
      await recordGaps(client, {
        stream: feed.stream,
        epoch: tip.epoch,
        ranges: lost,
        reasonOf: () => 'lost',
        now: now(),
      });
    }
  }
}

/** Stores what the stream still has of a hole; answers what it has no more. */
async function refill<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  position: Position & { kind: 'continues' },
  hole: SeqRange,
  stop: AbortSignal,
): Promise<SeqRange[]> {
  const lost: SeqRange[] = [];
  for (let from = hole.fromSeq; from <= hole.toSeq; from += messagesAtOnce) {
    stop.throwIfAborted();
    const to = Math.min(hole.toSeq, from + messagesAtOnce - 1);
    const found = await Promise.all(
      Array.from({ length: to - from + 1 }, (_, i) => fetchMessage(doors, feed.stream, from + i)),
    );
    const chunker = createChunker(from, { messagesMax: messagesAtOnce, bytesMax: doors.limits.bytesMax });
    const chunks: (Chunk | undefined)[] = [];
    found.forEach((message, i) => {
      if (message === undefined) lost.push({ fromSeq: from + i, toSeq: from + i });
      else chunks.push(chunker.add(message));
    });
    for (const chunk of [...chunks, chunker.flush()])
      if (chunk !== undefined) await storeAgain(feed, doors, position, chunk);
  }
  return joined(lost);
}

async function storeAgain<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  position: Position & { kind: 'continues' },
  { messages, ...span }: Chunk,
): Promise<void> {
  const batch = batchOf({ ...span, missing: [], rows: await feed.decode(messages) });
  const prepared = await feed.prepare(batch, position);
  const condition = { at: 'hole', epoch: position.epoch, fromSeq: batch.firstSeq, toSeq: batch.lastSeq } as const;
  await store(feed, doors, { prepared, batch, epoch: position, condition });
}

async function fetchMessage({ jsm }: SessionDoors, stream: string, seq: number): Promise<StreamMessage | undefined> {
  const message = await getMessage(jsm, stream, seq);
  return message && { subject: message.subject, seq, timeUs: microsOfText(message.timestamp), data: message.data };
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

/** Neighbouring single positions as ranges. */
function joined(ranges: SeqRange[]): SeqRange[] {
  const result: SeqRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last !== undefined && last.toSeq + 1 === range.fromSeq) last.toSeq = range.toSeq;
    else result.push({ ...range });
  }
  return result;
}
