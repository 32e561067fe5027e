import type { StreamMessage } from '@deskwire/streams/reader';
import type { Chunk } from './feed.ts';

export interface Chunker {
  /** Takes the next message of the stream; answers the chunk before it when that one is closed by it. */
  add: (message: StreamMessage) => Chunk | undefined;
  /** What has been gathered since, if anything. */
  flush: () => Chunk | undefined;
  /** The position expected next. */
  nextSeq: () => number;
}

export interface ChunkLimits {
  messagesMax: number;
  /** Sum of the bodies; one larger message is a chunk of its own. */
  bytesMax: number;
}

/** Cuts a stream into chunks that never straddle two months: partitions are months, and one insert into two of them would be two parts. */
export function createChunker(nextSeq: number, { messagesMax, bytesMax }: ChunkLimits): Chunker {
  let open: Chunk | undefined;
  let expectedSeq = nextSeq;
  let monthEndUs = 0;

  function flush(): Chunk | undefined {
    const closed = open;
    open = undefined;
    return closed;
  }

  const fits = (chunk: Chunk, { data, timeUs }: StreamMessage) =>
    chunk.messages.length < messagesMax && chunk.sizeBytes + data.byteLength <= bytesMax && timeUs < monthEndUs;

  function add(message: StreamMessage): Chunk | undefined {
    const closed = open === undefined || fits(open, message) ? undefined : flush();
    if (open === undefined) {
      const { seq, timeUs } = message;
      open = {
        ...{ messages: [], sizeBytes: 0, missing: [] },
        ...{ firstSeq: seq, lastSeq: seq, firstTimeUs: timeUs, lastTimeUs: timeUs },
      };
      monthEndUs = monthEndOf(timeUs);
    }
    if (message.seq > expectedSeq) open.missing.push({ fromSeq: expectedSeq, toSeq: message.seq - 1 });
    open.messages.push(message);
    open.sizeBytes += message.data.byteLength;
    open.lastSeq = message.seq;
    open.lastTimeUs = message.timeUs;
    expectedSeq = message.seq + 1;
    return closed;
  }

  return { add, flush, nextSeq: () => expectedSeq };
}

/** Unix microseconds. Times within a stream never go back into an earlier month. */
export function monthEndOf(timeUs: number): number {
  const date = new Date(timeUs / 1_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) * 1_000;
}
