import type { ClickHouseClient } from '@clickhouse/client';
import { streams, subtrees } from '@deskwire/contracts/subjects';
import { findPosition } from '@deskwire/streams/position';
import { viewLedger, viewStream } from '@deskwire/streams/stream-door';
import { pause } from '@deskwire/streams/pause';
import type { Log } from '@deskwire/runtime/log';
import type { JetStreamManager, NatsConnection } from 'nats';
import type { Compactable, Revisions } from './revisions.ts';
import { lastMessage } from './ticket-store.ts';

export interface CompactionDoors {
  nc: NatsConnection;
  jsm: JetStreamManager;
  client: ClickHouseClient;
  log: Log;
  revisions: Revisions;
  /** Revisions of a ticket that stay while there is room. */
  revisionsKept: number;
  /** Events are being applied: leave the broker to them. */
  isBusy: () => boolean;
  onPurged: (revisions: number) => void;
}

/** How much of the stream is full decides what stays of a ticket, and how many tickets one round takes. */
const paces = [
  { fromShare: 0.5, keep: 1, busy: 400, idle: 1_000 },
  { fromShare: 0, keep: undefined, busy: 5, idle: 50 },
] as const;
const roundMs = 1_000;
const listEveryMs = 600_000;
/** A list of all tickets is worth its cost when they have more revisions than this on average. */
const listFromRevisions = 2;
const purgesAtOnce = 8;

/**
 * Removes old revisions of tickets for as long as the desk works: never one at or above the position that ClickHouse has
 * committed, which would be a gap in the change feed, and never a ticket's newest. Never rejects but by `stop`.
 */
export async function runCompaction(doors: CompactionDoors, stop: AbortSignal): Promise<never> {
  let listedAt = -Infinity;
  let isWaiting = false;
  for (;;) {
    await pause(roundMs, stop);
    stop.throwIfAborted();
    try {
      const { state, config } = await doors.jsm.streams.info(streams.tickets);
      const perTicket = state.messages / Math.max(1, state.num_subjects ?? 1);
      if (performance.now() - listedAt > listEveryMs && perTicket > listFromRevisions) {
        listedAt = performance.now();
        await list(doors);
      }
      const share = state.bytes / config.max_bytes;
      if (perTicket > 1) await round(doors, share, stop);
      isWaiting = false;
    } catch (error) {
      // Broker or ClickHouse is away: nothing is lost by waiting.
      if (!isWaiting && !stop.aborted) doors.log.info({ err: error }, 'compaction waits for broker and ClickHouse');
      isWaiting = true;
    }
  }
}

async function list({ jsm, revisions }: CompactionDoors): Promise<void> {
  const { state } = await jsm.streams.info(streams.tickets, { subjects_filter: subtrees.tickets });
  for (const [subject, count] of Object.entries(state.subjects ?? {})) {
    if (count > 1) revisions.listed(subject, count);
  }
}

async function round(doors: CompactionDoors, share: number, stop: AbortSignal): Promise<void> {
  const { jsm, client, revisions } = doors;
  const pace = paces.find(({ fromShare }) => share >= fromShare) ?? paces[1];
  const limit = doors.isBusy() ? pace.busy : pace.idle;
  const stream = await viewStream(jsm, streams.tickets);
  const position = await findPosition(await viewLedger(client, 'ticket_changes', streams.tickets), stream);
  // Another stream than the ledger's: nothing of it is committed yet.
  if (position.kind !== 'continues') return;
  const committedSeq = position.tip.seq;
  const candidates = revisions.candidates(pace.keep ?? doors.revisionsKept, limit, committedSeq);
  for (let at = 0; at < candidates.length && !stop.aborted; at += purgesAtOnce) {
    await Promise.all(candidates.slice(at, at + purgesAtOnce).map((one) => purge(doors, one, committedSeq)));
  }
}

/** Asks for the newest message first: a purge up to a position behind it would take the ticket itself. */
async function purge(
  { nc, jsm, revisions, onPurged }: CompactionDoors,
  { subject, safeSeq }: Compactable,
  committedSeq: number,
): Promise<void> {
  const newestSeq = (await lastMessage(nc, subject))?.seq ?? 0;
  const beforeSeq = newestSeq <= committedSeq ? newestSeq : safeSeq;
  // nats-server 2.9 takes position 1 for "no position" and removes every message of the subject (measured).
  if (beforeSeq > committedSeq || beforeSeq > newestSeq || beforeSeq <= 1) return;
  const { purged } = await jsm.streams.purge(streams.tickets, { filter: subject, seq: beforeSeq });
  revisions.purged(subject, purged, beforeSeq === newestSeq);
  onPurged(purged);
}
