import type { ClickHouseClient } from '@clickhouse/client';
import type { ChangesEnd } from '@deskwire/clickhouse/kpi/read-kpis';
import { readTicketMessage } from '@deskwire/clickhouse/read-ticket-message';
import { streams } from '@deskwire/contracts/subjects';
import { inboxPrefix } from '@deskwire/runtime/nats';
import type { Log } from '@deskwire/runtime/log';
import { findPosition } from '@deskwire/streams/position';
import { openReader, type Reader } from '@deskwire/streams/reader';
import { viewLedger, viewStream } from '@deskwire/streams/stream-door';
import type { NatsConnection } from 'nats';
import { createRecentChanges, type Ahead, type RecentChanges } from './recent-changes.ts';

/** About 100 bytes each. With more than that ClickHouse is so far behind that counts wait for it. */
const recentMax = 200_000;
/** So that a stream which cannot be followed is not looked at with every answer. */
const retryMs = 1_000;
const managerTimeoutMs = 2_000;

export interface FollowDoors {
  nc: NatsConnection;
  client: ClickHouseClient;
  log: Log;
  /** ms. */
  monotonic: () => number;
  /** A figure moves. */
  onMove: () => void;
}

/** What figures may run ahead by. */
export interface ChangesFollower {
  /** ClickHouse's answers count up to there; from then on its changes behind that are followed, or followed anew. */
  answered: (end: ChangesEnd) => void;
  /** Undefined while it is not followed without a hole from there. */
  since: (end: ChangesEnd, range: { from: number; to: number }) => Ahead | undefined;
  stop: () => void;
}

/**
 * Reads TICKETS behind what ClickHouse has stored. Where the stream is not the one that the ledger knows, or it cannot be read,
 * nothing runs ahead: figures are ClickHouse's alone, and it is tried again with a later answer.
 */
export function createChangesFollower({ nc, client, log, monotonic, onMove }: FollowDoors): ChangesFollower {
  let following: { epoch: number; recent: RecentChanges; reader: Reader | undefined } | undefined;
  let opening: object | undefined;
  let triedAt = -Infinity;

  async function open({ epoch, seq }: ChangesEnd): Promise<void> {
    const mine = (opening = {});
    triedAt = monotonic();
    try {
      const jsm = await nc.jetstreamManager({ timeout: managerTimeoutMs, checkAPI: false });
      const stream = await viewStream(jsm, streams.tickets);
      const position = await findPosition(await viewLedger(client, 'ticket_changes', streams.tickets), stream);
      if (isOver(mine) || position.kind !== 'continues' || position.epoch !== epoch) return;
      // What was heard before reading broke is right still, and figures that count it do not fall.
      const recent = following?.recent ?? createRecentChanges({ epoch, startSeq: seq + 1, recentMax });
      const reader = await openReader({
        ...{ nc, jsm, inboxPrefix: inboxPrefix('hub'), stream: streams.tickets, startSeq: recent.nextSeq() },
        hasRoom: recent.hasRoom,
        onMessage: (message) => {
          if (recent.add(message.seq, readTicketMessage(message))) onMove();
        },
      });
      if (isOver(mine)) {
        reader.close();
        return;
      }
      following = { epoch, recent, reader };
      reader.broken.catch((error: unknown) => {
        log.warn({ err: error }, 'changes are counted when they are stored, until TICKETS can be followed again');
        if (following?.reader === reader) following = { epoch, recent, reader: undefined };
      });
    } catch (error) {
      log.warn({ err: error }, 'TICKETS cannot be followed: changes are counted when they are stored');
    } finally {
      if (!isOver(mine)) opening = undefined;
    }
  }
  /** Asked after an await: it may have been stopped meanwhile. */
  const isOver = (mine: object) => opening !== mine;

  return {
    answered({ epoch, seq }) {
      if (following !== undefined && following.epoch !== epoch) close();
      following?.recent.settle(seq);
      if (following?.reader !== undefined) following.reader.more();
      else if (opening === undefined && monotonic() - triedAt >= retryMs) void open({ epoch, seq });
    },
    since: (end, range) => following?.recent.since(end, range),
    stop: close,
  };

  function close(): void {
    opening = undefined;
    following?.reader?.close();
    following = undefined;
    triedAt = -Infinity;
  }
}
