import type { IngestCommitted } from '@deskwire/contracts/flow';
import type { Log } from '@deskwire/runtime/log';
import type { JetStreamManager, NatsConnection } from 'nats';
import type { Tip } from '@deskwire/streams/position';
import { untilNoInsertRuns, type AppendCondition } from './append.ts';
import type { Counted, Epoch, Feed } from './feed.ts';
import { recordGaps } from './gaps.ts';
import { createIntake, type Intake } from './intake.ts';
import { createPace, type Pace } from './pace.ts';
import type { Position } from '@deskwire/streams/position';
import { openReader } from '@deskwire/streams/reader';
import { repairHoles } from './repair.ts';
import { store } from './store.ts';
import { viewStream } from '@deskwire/streams/stream-door';
import { watchStream } from './watch-stream.ts';
import { settlePosition, type WithdrawDoors } from './withdraw.ts';

export interface SessionDoors extends WithdrawDoors {
  /** Only for reading the stream: nothing else may wait behind its messages. */
  messages: NatsConnection;
  jsm: JetStreamManager;
  inboxPrefix: string;
  log: Log;
  /** Rows stay stored whose messages the stream does not have any more, and whose places it gives to others. */
  onLost: (lost: { epoch: number; fromSeq: number; toSeq: number }) => void;
  /** Its place is found and what was missing is mended: from now on it reads. */
  onReading: () => void;
  /** Tells everybody that rows were stored. */
  announce: (committed: IngestCommitted) => void;
  limits: { rowsMax: number; bytesMax: number; waitMs: number };
  /** False only in the chaos run's control. */
  conditional: boolean;
}

/**
 * One uninterrupted stretch of work on a feed: find the position, mend holes, then read, prepare and append until something
 * breaks. Always ends by rejecting; whoever runs it starts another one, which begins from the ledger again.
 */
export async function runSession<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  stop: AbortSignal,
): Promise<never> {
  const { messages, jsm, client, log, limits } = doors;
  await untilNoInsertRuns(client, feed.stream, () => new Promise((resolve) => setTimeout(resolve, 50)));
  const { position, stream } = await settlePosition(feed, doors, () => viewStream(jsm, feed.stream));
  log.info(
    { stream: feed.stream, position: position.kind, nextSeq: position.nextSeq, headSeq: stream.lastSeq },
    'reading on',
  );
  const { tip, nextSeq } = position;
  if (position.kind === 'begins' && tip.seq >= nextSeq)
    doors.onLost({ epoch: tip.epoch, fromSeq: nextSeq, toSeq: tip.seq });
  await feed.begin(tip);
  if (position.kind === 'continues') await repairHoles(feed, doors, position, stop);
  doors.onReading();

  const session = new AbortController();
  const ended = AbortSignal.any([stop, session.signal]);
  const pace = createPace({ minMs: limits.waitMs, maxMs: feed.gatherMsMax });
  const intake = createIntake<Rows>({
    ...{ rowsMax: limits.rowsMax, bytesMax: limits.bytesMax, waitMs: pace.waitMs },
    decode: feed.decode,
    nextSeq: position.nextSeq,
    onRoom: () => reader.more(),
    clock: () => performance.now(),
  });
  const reader = await openReader({
    nc: messages,
    jsm,
    inboxPrefix: doors.inboxPrefix,
    stream: feed.stream,
    startSeq: Math.max(position.nextSeq, 1),
    hasRoom: intake.hasRoom,
    onMessage: intake.add,
  });
  let pumping: Promise<never> | undefined;
  try {
    // A stream made again before the consumer was there would be read from the middle.
    const now = await viewStream(jsm, feed.stream);
    if (now.created !== stream.created || now.lastSeq < stream.lastSeq)
      throw new Error(`${feed.stream} was made again while its position was looked up`);
    if (position.kind === 'continues' && reader.pendingAtStart === 0 && stream.lastSeq >= position.nextSeq) {
      await recordVanished(doors, feed.stream, position, stream.lastSeq, stream.firstSeq);
    }
    pumping = pump(feed, doors, position, { intake, pace }, ended);
    return await Promise.race([reader.broken, intake.broken, pumping, watchStream(feed, doors, reader, intake, ended)]);
  } finally {
    reader.close();
    session.abort(new Error('this session has ended'));
    // What it was storing settles first: there are never two inserts of one feed.
    await pumping?.catch(() => undefined);
  }
}

/** Nothing follows these positions, so no jump would ever show that their messages are gone. */
async function recordVanished(
  { client, log, now }: SessionDoors,
  stream: string,
  position: Position & { kind: 'continues' },
  lastSeq: number,
  firstSeq: number,
): Promise<never> {
  const range = { fromSeq: position.nextSeq, toSeq: lastSeq };
  await recordGaps(client, {
    stream,
    epoch: position.epoch,
    ranges: [range],
    reasonOf: () => (lastSeq < firstSeq ? 'retention' : 'deleted'),
    now: now(),
  });
  log.warn({ stream, ...range }, 'messages at the end of the stream are gone: recorded as a gap');
  throw new Error('a gap at the end was recorded; reading on behind it');
}

/** Prepares the next batch while the one before it is being stored; never two inserts at once. */
async function pump<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: SessionDoors,
  position: Position,
  { intake, pace }: { intake: Intake<Rows>; pace: Pace },
  ended: AbortSignal,
): Promise<never> {
  const failure = new AbortController();
  const stop = AbortSignal.any([ended, failure.signal]);
  let epoch: Epoch | undefined = position.kind === 'continues' ? position : undefined;
  const epochsUpTo = position.kind === 'continues' ? position.epoch : position.epochsUpTo;
  let tip: Tip = position.tip;
  let storing: Promise<void> = Promise.resolve();
  try {
    for (;;) {
      const batch = await intake.take(stop);
      // The first message of an unknown stream names its epoch; it always grows, whatever the clocks say.
      epoch ??= {
        epoch: Math.max(batch.firstTimeUs, epochsUpTo + 1),
        streamCreatedUs: position.streamCreatedUs,
      };
      const prepared = await feed.prepare(batch, epoch);
      await storing;
      stop.throwIfAborted();
      const condition: AppendCondition = doors.conditional ? { at: 'tip', tip } : { at: 'anywhere' };
      storing = pace.timed(store(feed, doors, { prepared, batch, epoch, condition }));
      storing.catch((error: unknown) => failure.abort(error));
      tip = { epoch: epoch.epoch, seq: batch.lastSeq };
    }
  } finally {
    await storing.catch(() => undefined);
  }
}
