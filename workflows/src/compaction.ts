import type { ClickHouseClient } from '@clickhouse/client';
import { streams } from '@deskwire/contracts/subjects';
import type { Log } from '@deskwire/runtime/log';
import { findPosition } from '@deskwire/streams/position';
import { pause } from '@deskwire/streams/pause';
import { viewLedger, viewStream } from '@deskwire/streams/stream-door';
import { NatsError, type JetStreamManager } from 'nats';
import { findSuperseded, type SupersededDoors } from './superseded.ts';

export interface CompactionDoors extends SupersededDoors {
  client: ClickHouseClient;
  log: Log;
  /** Old revisions of all tickets together that stay while the stream is less than half full. */
  revisionsKept: number;
  onRemoved: (revisions: number) => void;
}

const fullShare = 0.5;
const roundMs = 1_000;
/** Listing is paid for whether or not anything may go: at most this part of the time. */
const listingShare = 0.1;
/** Subjects remembered at once, about 30 MB; of more tickets one share after the other is listed. */
const subjectsMax = 200_000;
const deletesAtOnce = 8;
/** Deletes between two looks at whether this is still the same stream. */
const deletesPerLook = 1_000;
const deleteFailed = 10057;

/**
 * Removes old revisions of tickets: never one behind the position that ClickHouse has committed, which would be a gap in the change
 * feed, and never a ticket's newest. Message by message in the order of the stream (30 us of the broker's CPU each):
 * nats-server 2.9 takes 0.2 s for a purge of one subject among 300,000 messages (measured). Rejects only when `stop` aborts.
 */
export async function runCompaction(doors: CompactionDoors, stop: AbortSignal): Promise<never> {
  let restMs = 0;
  let isWaiting = false;
  for (let share = 0; ;) {
    await pause(Math.max(roundMs, restMs), stop);
    stop.throwIfAborted();
    restMs = 0;
    try {
      const { state, config } = await doors.jsm.streams.info(streams.tickets);
      const subjects = state.num_subjects ?? 0;
      const isFull = state.bytes > fullShare * config.max_bytes;
      if (state.messages === subjects || (!isFull && state.messages - subjects <= doors.revisionsKept)) continue;
      const shares = Math.max(1, Math.ceil(subjects / subjectsMax));
      share = (share + 1) % shares;
      restMs = (await sweep(doors, { share, shares }, stop)) / listingShare;
      isWaiting = false;
    } catch (error) {
      // Broker or ClickHouse is away: nothing is lost by waiting.
      if (!isWaiting && !stop.aborted) doors.log.info({ err: error }, 'compaction waits for broker and ClickHouse');
      isWaiting = true;
    }
  }
}

/** Answers how long the stream was listed, ms. */
async function sweep(
  doors: CompactionDoors,
  part: { share: number; shares: number },
  stop: AbortSignal,
): Promise<number> {
  const { jsm, client, log } = doors;
  const stream = await viewStream(jsm, streams.tickets);
  const position = await findPosition(await viewLedger(client, 'ticket_changes', streams.tickets), stream);
  // Another stream than the ledger's: nothing of it is committed yet.
  if (position.kind !== 'continues') return 0;
  const startedAt = performance.now();
  const range = { ...part, fromSeq: Math.max(1, stream.firstSeq), toSeq: Math.min(position.tip.seq, stream.lastSeq) };
  const superseded = await findSuperseded(doors, range, stop);
  const listedMs = performance.now() - startedAt;
  if (superseded.length > 0) {
    const removed = await remove(doors, superseded, stream.created, stop);
    log.info({ ...range, removed, listedMs: Math.round(listedMs) }, 'old revisions of tickets were removed');
  }
  return listedMs;
}

async function remove(
  { jsm, onRemoved }: CompactionDoors,
  positions: Float64Array,
  created: string,
  stop: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let from = 0; from < positions.length; from += deletesPerLook) {
    // In a stream that was made again the same positions are other messages.
    if ((await viewStream(jsm, streams.tickets)).created !== created) break;
    const some = positions.subarray(from, from + deletesPerLook);
    let next = 0;
    const deleting = Array.from({ length: deletesAtOnce }, async () => {
      for (let seq = some[next++]; seq !== undefined && !stop.aborted; seq = some[next++])
        if (await deleteRevision(jsm, seq)) removed += 1;
    });
    const before = removed;
    await Promise.all(deleting);
    onRemoved(removed - before);
    stop.throwIfAborted();
  }
  return removed;
}

/** False when it was gone already. */
async function deleteRevision(jsm: JetStreamManager, seq: number): Promise<boolean> {
  try {
    // Not overwritten first: it is encrypted on disk, and its block is rewritten without it later.
    return await jsm.streams.deleteMessage(streams.tickets, seq, false);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === deleteFailed) return false;
    throw error;
  }
}
