import type { StreamMessage } from '@deskwire/streams/reader';
import { createChunker } from './chunker.ts';
import { createCollector, type Collector } from './collector.ts';
import type { Chunk, Counted, Feed } from './feed.ts';

export interface IntakeOptions<Rows extends Counted> {
  decode: Feed<Rows>['decode'];
  nextSeq: number;
  rowsMax: number;
  bytesMax: number;
  /** See `createCollector`. */
  waitMs: () => number;
  /** There is room again. */
  onRoom: () => void;
  clock: () => number;
}

export interface Intake<Rows extends Counted> {
  add: (message: StreamMessage) => void;
  hasRoom: () => boolean;
  take: Collector<Rows>['take'];
  /** The position expected next. */
  nextSeq: () => number;
  /** Rejects when messages cannot be decoded; the session has to begin anew. */
  broken: Promise<never>;
}

/** So much is decoded at a time: small enough to be on its way soon, large enough that handing it over costs little. */
const chunkMessagesMax = 512;
const chunkBytesMax = 256 * 1_024;
/** No more is pulled while so much waits to be decoded; a pull may bring 16 MiB on top. */
const waitingBytesMax = 4 * 2 ** 20;
/** What a message takes in memory besides its body. */
const messageBytes = 256;
/** One is being decoded while the next lies ready. What arrives meanwhile grows into larger chunks. */
const decodingMax = 2;

/** From messages as they arrive to batches: cuts chunks, has them decoded in order, and gathers what comes of them. */
export function createIntake<Rows extends Counted>(options: IntakeOptions<Rows>): Intake<Rows> {
  const { decode, nextSeq, rowsMax, bytesMax, waitMs, onRoom, clock } = options;
  const chunker = createChunker(nextSeq, {
    messagesMax: Math.min(chunkMessagesMax, rowsMax),
    bytesMax: Math.min(chunkBytesMax, bytesMax),
  });
  const collector = createCollector<Rows>({ rowsMax, bytesMax, waitMs, onRoom: () => hasRoom() && onRoom(), clock });
  const closed: Chunk[] = [];
  let decoding = 0;
  let waitingBytes = 0;
  let scheduled = false;
  let fail: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => (fail = reject));
  broken.catch(() => undefined); // Whoever made it may not look until later.

  const hasRoom = () => waitingBytes < waitingBytesMax && collector.hasRoom();

  /** Hands chunks over, the unfinished one too when nothing else waits. */
  function handOver(): void {
    scheduled = false;
    while (decoding < decodingMax) {
      const chunk = closed.shift() ?? chunker.flush();
      if (chunk === undefined) return;
      decoding += 1;
      decode(chunk.messages).then((rows) => onDecoded(chunk, rows), fail);
    }
  }

  function onDecoded({ messages, ...span }: Chunk, rows: Rows): void {
    decoding -= 1;
    waitingBytes -= span.sizeBytes + messages.length * messageBytes;
    collector.add({ ...span, rows });
    handOver();
    if (hasRoom()) onRoom();
  }

  return {
    add: (message) => {
      waitingBytes += message.data.byteLength + messageBytes;
      const full = chunker.add(message);
      if (full !== undefined) closed.push(full);
      if (scheduled || decoding >= decodingMax) return;
      scheduled = true;
      // At the end of this turn: what one read of the socket brought goes together.
      setImmediate(handOver);
    },
    hasRoom,
    take: collector.take,
    nextSeq: chunker.nextSeq,
    broken,
  };
}
