import { hostname } from 'node:os';
import { deskLease } from '@deskwire/contracts/subjects';
import { holdLease, type LeaseBucket } from '@deskwire/streams/lease';
import { pause } from '@deskwire/streams/pause';
import { runDeskSession, type DeskDoors } from './desk-session.ts';
import type { Lanes } from './lanes.ts';
import { findStart, type Start } from './start-position.ts';

export interface DeskRunner {
  leases: LeaseBucket;
  leaseMs: number;
  onState: (state: DeskState) => void;
}

/** What the desk does at this moment, for people and health checks. */
export type DeskState =
  | { state: 'standby' }
  | { state: 'waiting'; for: 'ingest' | 'clickhouse' }
  | { state: 'applying'; lanes: Lanes }
  | { state: 'retrying'; why: string };

const retryMsMin = 100;
const retryMsMax = 5_000;
const askAgainMs = 200;

/**
 * Keeps the desk going for ever: holds its lease, runs sessions, and begins again from the floor after anything that
 * breaks, with growing pauses. Resolves when `stop` aborts.
 */
export async function runDesk(doors: DeskDoors, runner: DeskRunner, stop: AbortSignal): Promise<void> {
  const { leases, leaseMs, onState } = runner;
  const holder = `${hostname()}/${process.pid}`;
  let failures = 0;
  while (!stop.aborted) {
    onState({ state: 'standby' });
    const lease = await holdLease({ bucket: leases, key: deskLease, holder, ttlMs: leaseMs }, stop).catch(
      () => undefined,
    );
    if (lease === undefined) return;
    const active = AbortSignal.any([stop, lease.lost]);
    while (!active.aborted) {
      const startedAt = performance.now();
      const why = await workUntilBroken(doors, onState, active).catch((error: unknown) => error);
      if (isOver(active)) break;
      failures = performance.now() - startedAt > retryMsMax ? 0 : failures + 1;
      doors.log.warn({ err: why }, 'the desk was interrupted and begins again from the floor');
      onState({ state: 'retrying', why: why instanceof Error ? why.message : 'unknown' });
      await pause(Math.min(retryMsMax, retryMsMin * 2 ** Math.min(failures, 10)) * (0.5 + Math.random()), active);
    }
    if (lease.lost.aborted) doors.log.warn({ err: lease.lost.reason }, 'the lease is lost: standing by');
    else await lease.release();
  }
}

async function workUntilBroken(doors: DeskDoors, onState: DeskRunner['onState'], active: AbortSignal): Promise<never> {
  // Of a TICKETS that has lost its end, a floor from before would say that what is lost is applied.
  const working = AbortSignal.any([active, doors.connectionLost()]);
  const start = await untilKnown(doors, onState, working);
  return runDeskSession(doors, start, (lanes) => onState({ state: 'applying', lanes }), working);
}

/** Asks until the position is known: ingest has to name the epoch of a stream that is new to the ledger. */
async function untilKnown(
  { jsm, client }: DeskDoors,
  onState: DeskRunner['onState'],
  active: AbortSignal,
): Promise<Start & { state: 'known' }> {
  for (;;) {
    active.throwIfAborted();
    const start = await findStart(jsm, client);
    if (start.state === 'known') return start;
    onState({ state: 'waiting', for: start.for });
    await pause(askAgainMs, active);
  }
}

/** Asked anew after every await: the signal changes while we wait, which the type checker does not expect. */
const isOver = (signal: AbortSignal) => signal.aborted;
