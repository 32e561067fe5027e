import { demoLease } from '@deskwire/contracts/demo';
import { holdLease, type LeaseBucket } from '@deskwire/streams/lease';
import { pause } from '@deskwire/streams/pause';
import type { KV } from 'nats';
import { askForRemoval, endDemo, readRecord } from './record-door.ts';
import { removeDemo, type RemovalDoors } from './remove-demo.ts';

export interface RemoveCommand {
  config: KV;
  leases: LeaseBucket;
  removal: RemovalDoors;
  /** Names this process to whoever looks at the lease. */
  holder: string;
  /** Unix time, ms. */
  now: () => number;
}

const lookMs = 500;
const leaseMs = 4_000;

/**
 * Has the demo removed, by its own process while that runs, else here. `none`: there never was one. Rejects when a part
 * does not answer; what is left then goes on at the next attempt.
 */
export async function removeByCommand(command: RemoveCommand, stop: AbortSignal): Promise<'none' | 'removed'> {
  const { config, now } = command;
  const record = await askForRemoval(config, now());
  if (record?.state !== 'removing') return record === undefined ? 'none' : 'removed';
  const over = new AbortController();
  const either = AbortSignal.any([stop, over.signal]);
  try {
    await Promise.race([removeHere(command, either), untilRemoved(config, either)]);
  } finally {
    over.abort(new Error('the demo is removed'));
  }
  stop.throwIfAborted();
  return 'removed';
}

/** As soon as nobody else speaks for the demo. */
async function removeHere({ config, leases, removal, holder, now }: RemoveCommand, stop: AbortSignal): Promise<void> {
  const lease = await holdLease({ bucket: leases, key: demoLease, holder, ttlMs: leaseMs }, stop).catch(
    () => undefined,
  );
  if (lease === undefined) return;
  if ((await readRecord(config)).record?.state === 'removing') {
    await removeDemo(removal, AbortSignal.any([stop, lease.lost]));
    await endDemo(config, now());
  }
  await lease.release();
}

async function untilRemoved(config: KV, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && (await readRecord(config)).record?.state !== 'removed') await pause(lookMs, stop);
}
