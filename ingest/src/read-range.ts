import { pause } from '@deskwire/streams/pause';
import { openReader, type StreamMessage } from '@deskwire/streams/reader';
import type { SeqRange } from '@deskwire/streams/stream-door';
import { createChunker } from './chunker.ts';
import type { Chunk } from './feed.ts';
import type { SessionDoors } from './session.ts';

/** Messages of a stream that are read again. */
export interface StreamRange extends SeqRange {
  /** What came before this belongs to another epoch and is passed over, Unix microseconds. */
  fromTimeUs: number;
}

const chunkMessagesMax = 1_000;
/** When no message has come for so long, the server is asked whether there are any more. */
const quietMs = 1_000;

/**
 * Reads what a stream still has of a range, as its usual reader does: in pulls of 16 MiB, on the connection that nothing waits behind, and
 * none before what came is taken. Answers what is gone; rejects when reading breaks.
 */
export async function readRange(
  { messages, jsm, inboxPrefix, limits }: Pick<SessionDoors, 'messages' | 'jsm' | 'inboxPrefix' | 'limits'>,
  stream: string,
  { fromSeq, toSeq, fromTimeUs }: StreamRange,
  take: (chunk: Chunk) => Promise<void>,
  stop: AbortSignal,
): Promise<SeqRange[]> {
  const chunkLimits = { messagesMax: chunkMessagesMax, bytesMax: limits.bytesMax };
  let chunker = createChunker(fromSeq, chunkLimits);
  const closed: Chunk[] = [];
  const gone: SeqRange[] = [];
  let seen = 0;
  let hasEnded = false;
  /** Asked anew after every await, which the type checker does not expect. */
  const isOver = () => hasEnded;
  let wake: () => void = () => undefined;

  function onMessage(message: StreamMessage): void {
    seen += 1;
    if (hasEnded) return;
    hasEnded = message.seq >= toSeq;
    if (message.timeUs < fromTimeUs) chunker = createChunker(message.seq + 1, chunkLimits);
    else if (message.seq <= toSeq) {
      const full = chunker.add(message);
      if (full !== undefined) closed.push(full);
    }
    wake();
  }

  const reader = await openReader({
    ...{ nc: messages, jsm, inboxPrefix, stream, startSeq: fromSeq, onMessage },
    hasRoom: () => closed.length === 0,
  });
  /** The next message, or nothing for a while: at the end of a stream the range may end with messages that are gone. */
  async function more(): Promise<void> {
    const before = seen;
    const came = new AbortController();
    wake = () => came.abort();
    await Promise.race([pause(quietMs, AbortSignal.any([stop, came.signal])), reader.broken]);
    if (seen > before) return;
    const { num_pending, delivered } = await jsm.consumers.info(stream, reader.consumer);
    // What the server has sent may still be on its way.
    hasEnded ||= num_pending === 0 && delivered.consumer_seq === seen;
  }

  try {
    for (;;) {
      stop.throwIfAborted();
      const chunk = closed.shift() ?? (isOver() ? chunker.flush() : undefined);
      if (chunk !== undefined) {
        gone.push(...chunk.missing);
        await take(chunk);
        reader.more();
      } else if (isOver()) break;
      else await more();
    }
  } finally {
    reader.close();
  }
  return chunker.nextSeq() > toSeq ? gone : [...gone, { fromSeq: chunker.nextSeq(), toSeq }];
}
