import type { FlowStream } from '@deskwire/contracts/flow';
import type { z } from 'zod';
import type { streamTips } from './flow-queries.ts';
import type { GapPositions } from './place-gaps.ts';

export type StreamTip = z.output<typeof streamTips.row>;

/** What a stream says of itself now; null when NATS does not answer. */
export type StreamHead = { lastSeq: number } | null;

/**
 * Proves one stream's ledger: over every epoch the positions equal first rows plus recorded gaps, and announced rows
 * equal rows. Without rows there is nothing to prove and everything waits. `tips` by epoch; `head` belongs to the newest. The watermark is `at` when nothing is pending.
 */
export function proveStream(
  stream: string,
  tips: StreamTip[],
  gaps: GapPositions[],
  head: StreamHead,
  at: string,
): FlowStream {
  const newest = tips.at(-1) ?? { epoch: 0, last_seq: 0, last_ingested_at: null };
  let missing = 0;
  let balanced = true;
  let madeAgainAt: string | undefined;
  for (const [place, tip] of tips.entries()) {
    const mine = gaps.filter((gap) => gap.epoch === tip.epoch);
    const first = Math.min(tip.first_seq, ...mine.map((gap) => gap.fromSeq));
    const last = Math.max(tip.last_seq, ...mine.map((gap) => gap.toSeq));
    const gone = mine.reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0);
    const short = last - first + 1 - gone - tip.messages;
    missing += Math.max(0, short);
    // An epoch is named by its first message, and one that begins behind the first position left those before it to another.
    if (place > 0 && first <= 1) madeAgainAt = new Date(tip.epoch / 1_000).toISOString();
    balanced &&= short === 0 && tip.rows === tip.rows_announced;
  }
  const committedSeq = Math.max(
    newest.last_seq,
    ...gaps.filter((gap) => gap.epoch === newest.epoch).map((gap) => gap.toSeq),
  );
  // A stream that ends before the ledger is another one: how much of it waits is not known until ingest has looked.
  const lagMessages = head === null || head.lastSeq < committedSeq ? null : head.lastSeq - committedSeq;
  return {
    stream,
    epoch: newest.epoch,
    committedSeq,
    headSeq: head?.lastSeq ?? null,
    lagMessages,
    watermark: lagMessages === 0 ? at : newest.last_ingested_at,
    messages: tips.reduce((sum, tip) => sum + tip.messages, 0),
    rows: tips.reduce((sum, tip) => sum + tip.rows, 0),
    missing,
    balanced,
    ...(madeAgainAt !== undefined && { madeAgainAt }),
  };
}
