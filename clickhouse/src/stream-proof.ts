import type { FlowStream } from '@deskwire/contracts/flow';
import { proveEpoch } from './epoch-proof.ts';
import type { GapPositions } from './place-gaps.ts';
import type { StreamTip } from './stream-tips.ts';

/** What a stream says of itself now; null when NATS does not answer. */
export type StreamHead = { lastSeq: number } | null;

/**
 * Proves one stream's ledger: over every epoch the positions equal first rows plus recorded gaps, and announced rows
 * equal rows. Without rows there is nothing to prove and everything waits. `tips` by epoch; `gaps` in order; `head` belongs to the newest
 * epoch. The watermark is `at` when nothing is pending.
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
  let committedSeq = 0;
  let balanced = true;
  let madeAgainAt: string | undefined;
  for (const [place, tip] of tips.entries()) {
    const mine = gaps.filter((gap) => gap.epoch === tip.epoch);
    const proof = proveEpoch(tip, mine);
    missing += Math.max(0, proof.short);
    committedSeq = proof.committedSeq;
    // An epoch is named by its first message, and one that begins behind the first position left those before it to another.
    if (place > 0 && proof.firstSeq === 1 && !proof.isBeginningLost)
      madeAgainAt = new Date(tip.epoch / 1_000).toISOString();
    balanced &&= proof.isWhole && tip.rows === tip.rows_announced;
  }
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
