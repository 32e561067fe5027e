import { setTimeout as sleep } from 'node:timers/promises';
import { streams } from '@deskwire/contracts/subjects';
import { readCursor, runningElsewhere, writeCursor, type ReplayCursor } from './cursor.ts';
import { createPlace } from './place.ts';
import { publishRows } from './publish-rows.ts';
import { ReplayError } from './replay-error.ts';
import { rowMessages, type Rows } from './row-messages.ts';
import { countRows, missingRows } from './row-ranges.ts';
import { findStoredRows, rowHeaders } from './stored-rows.ts';
import { isTransient, whyRefused, type StreamLink } from './stream-link.ts';

export interface ReplayPlan {
  key: string;
  /** Names this process. */
  holder: string;
  speed: number;
  /** The cursor as it was found, or a new one from row 0. */
  cursor: Omit<ReplayCursor, 'holder' | 'fromSeq' | 'streamCreated'> & Partial<ReplayCursor>;
  revision: number;
  rows: Rows;
}

export interface ReplayDoors {
  connect: () => Promise<StreamLink>;
  /** After each acknowledgement, and about twice a second. */
  onProgress: (tally: Tally) => void;
  random: () => number;
  stop: AbortSignal;
}

/** What this process did. Rows and events are the same thing here; `first` and `last` are event times. */
export interface Tally {
  /** Rows that stood in the stream already when this process began. */
  resumedFrom: number;
  published: number;
  batches: number;
  acknowledged: number;
  first: string | null;
  last: string | null;
  rows: number;
  complete: boolean;
}

const batchesUnderWayMax = 64;
const singlesUnderWayMax = 1_000;
const publishTimeoutMs = 15_000;
export const heartbeatMs = 500;
const attemptsMax = 5;

/**
 * Publishes what the stream does not hold yet, to the end or until `stop`. A lost connection begins again from what the stream
 * holds, at most five times without progress. Throws ReplayError.
 */
export async function runReplay(plan: ReplayPlan, { connect, onProgress, random, stop }: ReplayDoors): Promise<Tally> {
  const tally: Tally = {
    ...{ resumedFrom: 0, published: 0, batches: 0, acknowledged: 0, first: null, last: null },
    ...{ rows: plan.cursor.rows, complete: false },
  };
  let begun = false;
  for (let attempt = 1; ; attempt++) {
    const before = tally.acknowledged;
    let link: StreamLink | undefined;
    try {
      link = await connect();
      const held = await hold(link, plan);
      begun = true;
      await goOn(link, plan, { ...held, tally, onProgress, stop });
      return tally;
    } catch (error) {
      if (tally.acknowledged > before) attempt = 1;
      const again = isTransient(error) || (error instanceof ReplayError && begun && link === undefined);
      if (!again || attempt >= attemptsMax || stop.aborted)
        throw error instanceof ReplayError ? error : new ReplayError(whyRefused(error), { cause: error });
      await link?.close();
      // Also lets the server settle what the old connection had already handed over.
      await sleep(1_000 * 2 ** (attempt - 1) * (0.75 + random() / 2), undefined, { signal: stop }).catch(
        () => undefined,
      );
    } finally {
      await link?.close();
    }
  }
}

/**
 * The replay is ours from here on: whoever else holds it fails at the next write. It still is after a lost connection, unless somebody
 * else holds it by then. A stream of another creation time may be the same one, as nats-server gives an encrypted stream a new time when
 * it starts (decision 7), or another one: what it holds of this replay may stand anywhere in it.
 */
async function hold(
  { jsm, cursors }: StreamLink,
  { key, holder, cursor, revision }: ReplayPlan,
): Promise<{ cursor: ReplayCursor; revision: number }> {
  const now = await readCursor(cursors, key);
  const ours = now.cursor?.holder === holder ? now.cursor : undefined;
  if (ours === undefined && now.revision !== revision) throw runningElsewhere();
  const { created, state } = await jsm.streams.info(streams.events);
  if (ours?.streamCreated === created) return { cursor: ours, revision: now.revision };
  const known = ours ?? cursor;
  const { fromSeq = state.last_seq + 1, streamCreated = created } = known;
  const mine = { ...known, holder, fromSeq: streamCreated === created ? fromSeq : 1, streamCreated: created };
  return { cursor: mine, revision: await writeCursor(cursors, key, mine, now.revision) };
}

interface Attempt {
  cursor: ReplayCursor;
  revision: number;
  tally: Tally;
  onProgress: (tally: Tally) => void;
  stop: AbortSignal;
}

async function goOn(link: StreamLink, plan: ReplayPlan, attempt: Attempt): Promise<void> {
  const { cursor, tally, onProgress } = attempt;
  const stored = await findStoredRows(link, cursor);
  const missing = missingRows(cursor.rows, [{ from: 0, to: cursor.row }, ...stored]);
  if (tally.published === 0) tally.resumedFrom = cursor.rows - countRows(missing);
  else tally.acknowledged = cursor.rows - countRows(missing) - tally.resumedFrom;
  const place = createPlace({
    row: missing[0]?.from ?? cursor.rows,
    fromSeq: cursor.fromSeq,
    aheadRow: Math.max(0, ...stored.map(({ to }) => to)),
  });

  let revision = attempt.revision;
  const failed = new AbortController();
  const stop = AbortSignal.any([attempt.stop, failed.signal]);
  const save = async () => {
    revision = await writeCursor(
      link.cursors,
      plan.key,
      { ...cursor, row: tally.complete ? cursor.rows : place.row(), fromSeq: place.fromSeq() },
      revision,
    );
  };
  const beating = beat(save, stop, () => onProgress(tally));
  beating.catch((error: unknown) => failed.abort(error));
  try {
    await publishRows({
      messages: rowMessages({ rows: plan.rows, missing, source: cursor.source, speed: plan.speed, stop }),
      windowMax: plan.speed === Infinity ? batchesUnderWayMax : singlesUnderWayMax,
      publish: async ({ range, subject, payload }) =>
        (await link.js.publish(subject, payload, { headers: rowHeaders(cursor.run, range), timeout: publishTimeoutMs }))
          .seq,
      onSent: ({ range, first }) => {
        place.sent(range);
        tally.published += range.to - range.from;
        tally.batches += 1;
        tally.first ??= first ?? null;
      },
      onAcknowledged: ({ range, last }, seq) => {
        place.acknowledged(range, seq);
        tally.acknowledged += range.to - range.from;
        tally.last = last ?? tally.last;
        onProgress(tally);
      },
    });
  } finally {
    failed.abort();
    await beating.catch(() => undefined); // Its failure is thrown below, unless publishing failed first.
  }
  await beating;
  tally.complete = tally.resumedFrom + tally.acknowledged === cursor.rows;
  await save();
}

/** Says twice a second where we are, and so that we are there, until `stop`. Rejects when it cannot. */
async function beat(save: () => Promise<void>, stop: AbortSignal, onBeat: () => void): Promise<void> {
  const ended = () => stop.aborted;
  while (!ended()) {
    await sleep(heartbeatMs, undefined, { signal: stop }).catch(() => undefined); // Aborted: it ends here.
    if (ended()) return;
    await save();
    onBeat();
  }
}
