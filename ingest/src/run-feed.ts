import { hostname } from 'node:os';
import { ingestLease } from '@deskwire/contracts/subjects';
import type { Counted, Feed } from './feed.ts';
import { holdLease, type LeaseBucket } from '@deskwire/streams/lease';
import { pause } from '@deskwire/streams/pause';
import { sayReading } from './say-reading.ts';
import { runSession, type SessionDoors } from './session.ts';

export interface FeedRunner {
  leases: LeaseBucket;
  leaseMs: number;
  /** What the feed does at this moment, for people and health checks. */
  onState: (state: FeedState) => void;
}

export type FeedState = { state: 'standby' } | { state: 'reading' } | { state: 'retrying'; why: string };

const retryMsMin = 100;
const retryMsMax = 5_000;

/**
 * Keeps one feed going for ever: holds its lease, runs sessions, and begins again from the ledger after anything that
 * breaks, with growing pauses. Resolves when `stop` aborts.
 */
export async function runFeed<Rows extends Counted>(
  feed: Feed<Rows>,
  doors: Omit<SessionDoors, 'onReading'>,
  { leases, leaseMs, onState }: FeedRunner,
  stop: AbortSignal,
): Promise<void> {
  const holder = `${hostname()}/${process.pid}`;
  let failures = 0;
  while (!stop.aborted) {
    onState({ state: 'standby' });
    const lease = await holdLease(
      { bucket: leases, key: ingestLease(feed.stream), holder, ttlMs: leaseMs },
      stop,
    ).catch(() => undefined);
    if (lease === undefined) return;
    const active = AbortSignal.any([stop, lease.lost]);
    while (!active.aborted) {
      const reading = sayReading(() => onState({ state: 'reading' }), {
        afterFailure: failures > 0,
        trialMs: retryMsMax,
      });
      const announce: SessionDoors['announce'] = (committed) => {
        reading.stored();
        doors.announce(committed);
      };
      const why = await runSession(feed, { ...doors, announce, onReading: reading.began }, active).catch(
        (error: unknown) => error,
      );
      const { hasProven } = reading.ended();
      if (isOver(active)) break;
      failures = hasProven ? 0 : failures + 1;
      doors.log.warn({ err: why, stream: feed.stream }, 'ingest was interrupted and begins again from the ledger');
      onState({ state: 'retrying', why: why instanceof Error ? why.message : 'unknown' });
      await pause(Math.min(retryMsMax, retryMsMin * 2 ** Math.min(failures, 10)) * (0.5 + Math.random()), active);
    }
    if (lease.lost.aborted)
      doors.log.warn({ stream: feed.stream, err: lease.lost.reason }, 'the lease is lost: standing by');
    else await lease.release();
  }
}

/** Asked anew after every await: the signal changes while we wait, which the type checker does not expect. */
const isOver = (signal: AbortSignal) => signal.aborted;
