import type { ClickHouseClient } from '@clickhouse/client';
import { streams } from '@deskwire/contracts/subjects';
import type { Log } from '@deskwire/runtime/log';
import { findPosition } from '@deskwire/streams/position';
import { pause } from '@deskwire/streams/pause';
import { viewLedger, viewStream } from '@deskwire/streams/stream-door';
import { NatsError, type JetStreamManager } from 'nats';
import { listSuperseded, type SupersededDoors } from './superseded.ts';

export interface CompactionDoors extends SupersededDoors {
  client: ClickHouseClient;
  log: Log;
  /** Old revisions of all tickets together that stay while the stream is less than half full. */
  revisionsKept: number;
  onRemoved: (revisions: number) => void;
}

const fullShare = 0.5;
const roundMs = 1_000;
/** The part of its time that it works at least, since the desk needs the same stream; the fuller that is, the more. */
const workShareMin = 0.2;
const restMsMax = 1_000;
/** Subjects remembered at once, about 30 MB; of more tickets one share after the other is listed. */
const subjectsMax = 200_000;
const deletesAtOnce = 64;
/** Deletes between two looks at whether this is still the same stream. */
const deletesPerLook = 1_000;
const deleteFailed = 10057;
const customersStream = 'KV_customers';

/**
 * Removes old revisions of tickets: never one behind the position that ClickHouse has committed, which would be a gap in the change
 * feed, and never a ticket's newest. Message by message in the order of the stream (30 us of the broker's CPU each):
 * nats-server 2.9 takes 0.2 s for a purge of one subject among 300,000 messages (measured). What it has found goes while it lists on, so
 * that a desk that is stopped again and again gets somewhere too. Rejects only when `stop` aborts.
 */
export async function runCompaction(doors: CompactionDoors, stop: AbortSignal): Promise<never> {
  let isWaiting = false;
  let arePruned = false;
  for (let share = 0; ;) {
    await pause(roundMs, stop);
    stop.throwIfAborted();
    try {
      if (!arePruned) await pruneCustomers(doors, stop);
      arePruned = true;
      const { state, config } = await doors.jsm.streams.info(streams.tickets);
      const subjects = state.num_subjects ?? 0;
      let filled = state.bytes / config.max_bytes;
      const isFull = filled > fullShare;
      if (state.messages === subjects || (!isFull && state.messages - subjects <= doors.revisionsKept)) continue;
      const shares = Math.max(1, Math.ceil(subjects / subjectsMax));
      share = (share + 1) % shares;
      const rest = async (workedMs: number, filledNow = filled) => {
        filled = filledNow;
        const working = Math.min(1, Math.max(workShareMin, filled));
        await pause(Math.min(restMsMax, workedMs / working - workedMs), stop);
      };
      await sweep(doors, { share, shares }, rest, stop);
      isWaiting = false;
    } catch (error) {
      // Broker or ClickHouse is away: nothing is lost by waiting.
      if (!isWaiting && !stop.aborted) doors.log.info({ err: error }, 'compaction waits for broker and ClickHouse');
      isWaiting = true;
    }
  }
}

/**
 * What is replaced in bucket `customers` is removed by whoever replaces it (`removeReplaced`); what a desk that died did not get to is
 * removed here. Nothing else waits for these positions.
 */
async function pruneCustomers(doors: CompactionDoors, stop: AbortSignal): Promise<void> {
  const { state, created } = await doors.jsm.streams.info(customersStream);
  const subjects = state.num_subjects ?? 0;
  if (state.messages === subjects) return;
  const shares = Math.max(1, Math.ceil(subjects / subjectsMax));
  const rest: Rest = (workedMs) => pause(Math.min(restMsMax, workedMs / workShareMin - workedMs), stop);
  for (let share = 0; share < shares; share++) {
    const range = { stream: customersStream, fromSeq: state.first_seq, toSeq: state.last_seq, share, shares };
    for await (const superseded of listSuperseded(doors, range, rest, stop))
      await remove(doors, customersStream, superseded, created, rest, stop);
  }
}

/** One revision of a profile that a newer one has replaced; what does not succeed, `pruneCustomers` makes good. */
export function removeReplaced(jsm: JetStreamManager, revision: number): void {
  deleteRevision(jsm, customersStream, revision).catch(() => undefined);
}

/** `filled`: how full the stream is by now, where that is known. */
type Rest = (workedMs: number, filled?: number) => Promise<void>;

async function sweep(
  doors: CompactionDoors,
  part: { share: number; shares: number },
  rest: Rest,
  stop: AbortSignal,
): Promise<void> {
  const { jsm, client, log } = doors;
  const stream = await viewStream(jsm, streams.tickets);
  const position = await findPosition(await viewLedger(client, 'ticket_changes', streams.tickets), stream);
  // Another stream than the ledger's: nothing of it is committed yet.
  if (position.kind !== 'continues') return;
  const startedAt = performance.now();
  const range = {
    ...{ ...part, stream: streams.tickets },
    ...{ fromSeq: Math.max(1, stream.firstSeq), toSeq: Math.min(position.tip.seq, stream.lastSeq) },
  };
  let removed = 0;
  for await (const superseded of listSuperseded(doors, range, rest, stop))
    removed += await remove(doors, streams.tickets, superseded, stream.created, rest, stop);
  const tookMs = Math.round(performance.now() - startedAt);
  if (removed > 0) log.info({ ...range, removed, tookMs }, 'old revisions of tickets were removed');
}

async function remove(
  { jsm, onRemoved }: CompactionDoors,
  name: string,
  positions: Float64Array,
  created: string,
  rest: Rest,
  stop: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let from = 0; from < positions.length; from += deletesPerLook) {
    const startedAt = performance.now();
    const stream = await jsm.streams.info(name);
    // In a stream that was made again the same positions are other messages.
    if (stream.created !== created) break;
    const some = positions.subarray(from, from + deletesPerLook);
    let next = 0;
    const deleting = Array.from({ length: deletesAtOnce }, async () => {
      for (let seq = some[next++]; seq !== undefined && !stop.aborted; seq = some[next++])
        if (await deleteRevision(jsm, name, seq)) removed += 1;
    });
    const before = removed;
    await Promise.all(deleting);
    onRemoved(removed - before);
    await rest(performance.now() - startedAt, stream.state.bytes / stream.config.max_bytes);
    stop.throwIfAborted();
  }
  return removed;
}

/** False when it was gone already. */
async function deleteRevision(jsm: JetStreamManager, stream: string, seq: number): Promise<boolean> {
  try {
    // Not overwritten first: it is encrypted on disk, and its block is rewritten without it later.
    return await jsm.streams.deleteMessage(stream, seq, false);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === deleteFailed) return false;
    throw error;
  }
}
