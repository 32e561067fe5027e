import type { DemoRecord } from '@deskwire/contracts/demo';
import type { Log } from '@deskwire/runtime/log';
import { holdLease, type LeaseOptions } from '@deskwire/streams/lease';
import { pause } from '@deskwire/streams/pause';
import type { KV } from 'nats';
import { beginDemo, endDemo, readRecord } from './record-door.ts';
import { removeDemo, type RemovalDoors } from './remove-demo.ts';
import { runFeed, type FeedDoors, type FeedPlan } from './run-feed.ts';

export type DemoState = 'standby' | 'feeding' | 'removing' | 'removed';

export interface DemoDoors {
  config: KV;
  leases: KV;
  lease: Pick<LeaseOptions, 'key' | 'holder' | 'ttlMs'>;
  /** ISO time; a demo that was removed before then begins anew. */
  wantedSince: string | undefined;
  plan: Omit<FeedPlan, 'run' | 'startedAtMs'>;
  feed: FeedDoors;
  removal: RemovalDoors;
  onState: (state: DemoState) => void;
  log: Log;
  now: () => number;
}

const lookMs = 500;
const retryMs = 5_000;

/** Does what the demo's record says, one process at a time, for ever. Resolves when `stop` aborts. */
export async function runDemo(doors: DemoDoors, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    doors.onState('standby');
    const lease = await holdLease({ ...doors.lease, bucket: doors.leases }, stop).catch(() => undefined);
    if (lease === undefined) return;
    const active = AbortSignal.any([stop, lease.lost]);
    while (!active.aborted) {
      try {
        await obey(doors, active);
      } catch (error) {
        if (isOver(active)) break;
        doors.log.warn({ err: error }, 'the demo was interrupted and begins again from its record');
        await pause(retryMs, active);
      }
    }
    if (!lease.lost.aborted) await lease.release();
  }
}

/** One stretch of work: until the record says something else. */
async function obey(doors: DemoDoors, active: AbortSignal): Promise<void> {
  const { config, onState, log, now } = doors;
  const record = await beginDemo(config, now(), doors.wantedSince);
  switch (record.state) {
    case 'on': {
      onState('feeding');
      const over = new AbortController();
      const feeding = AbortSignal.any([active, over.signal]);
      const plan = { ...doors.plan, run: record.run, startedAtMs: Date.parse(record.started_at) };
      const feed = runFeed(plan, doors.feed, feeding);
      try {
        await untilNot(record.state, config, active);
      } finally {
        over.abort(new Error('the record of the demo has changed'));
        await feed;
      }
      return;
    }
    case 'removing':
      onState('removing');
      log.info('removing the demo and its data');
      await removeDemo(doors.removal, active);
      await endDemo(config, now());
      return;
    case 'removed':
      onState('removed');
      await untilNot(record.state, config, active);
      return;
    default:
      record satisfies never;
  }
}

async function untilNot(state: DemoRecord['state'], config: KV, active: AbortSignal): Promise<void> {
  while (!active.aborted) {
    await pause(lookMs, active);
    // While the bucket does not answer nothing has changed.
    const seen = await readRecord(config).catch(() => undefined);
    if (seen !== undefined && seen.record?.state !== state) return;
  }
}

/** Asked anew after every await: the signal changes while we wait, which the type checker does not expect. */
const isOver = (signal: AbortSignal) => signal.aborted;
