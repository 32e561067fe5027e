import type { Counted, Feed } from './feed.ts';
import type { Intake } from './intake.ts';
import { pause } from '@deskwire/streams/pause';
import type { Reader } from '@deskwire/streams/reader';
import { findLostRows } from './repair.ts';
import type { SessionDoors } from './session.ts';
import { viewStream } from '@deskwire/streams/stream-door';

const lookMs = 5_000;
/** One proof of the whole ledger in this many looks. */
const proofEvery = 12;

/**
 * Looks now and then for what the flow of messages cannot show: messages that vanish while none follow, and rows that
 * vanish behind the position. Rejects when it finds one; the next session records or mends it.
 */
export async function watchStream<Rows extends Counted>(
  feed: Feed<Rows>,
  { jsm, client }: SessionDoors,
  reader: Reader,
  intake: Intake<Rows>,
  stop: AbortSignal,
): Promise<never> {
  for (let look = 1; ; look++) {
    const expected = intake.nextSeq();
    await pause(lookMs, stop);
    stop.throwIfAborted();
    const { lastSeq } = await viewStream(jsm, feed.stream);
    if (lastSeq >= expected && intake.nextSeq() === expected) {
      const { num_pending, num_waiting } = await jsm.consumers.info(feed.stream, reader.consumer);
      // What arrived while we asked was delivered, not lost.
      if (num_pending === 0 && num_waiting > 0 && intake.nextSeq() === expected)
        throw new Error(`${feed.stream} ends at ${lastSeq} but has no message from ${expected} on`);
    }
    if (look % proofEvery === 0) {
      const lost = await findLostRows(client, feed);
      if (lost.length > 0)
        throw new Error(
          `the ledger of ${feed.stream} lacks rows in epoch ${lost.map(({ epoch }) => epoch).join(', ')}`,
        );
    }
  }
}
