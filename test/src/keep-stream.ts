import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { World } from './world.ts';

/**
 * Keeps a stream as it is now. What it answers puts it back, as from a backup or after a power cut: what it was told since is gone.
 * Both stop the broker and start it again.
 */
export async function keepStream(world: World, stream: string): Promise<() => Promise<void>> {
  const place = join(world.dataDir, 'nats', 'jetstream', 'jetstream', '$G', 'streams', stream);
  const copy = join(world.logDir, `copy-of-${stream}`);
  const whileStopped = async (work: () => void) => {
    await world.broker.stop();
    work();
    await world.broker.start();
    await expect.poll(() => world.nc.rtt().catch(() => -1), { timeout: 20_000 }).toBeGreaterThanOrEqual(0);
  };
  await whileStopped(() => cpSync(place, copy, { recursive: true }));
  return () =>
    whileStopped(() => {
      rmSync(place, { recursive: true });
      cpSync(copy, place, { recursive: true });
    });
}
