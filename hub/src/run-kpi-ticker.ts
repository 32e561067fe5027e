import { once } from 'node:events';
import { kpiTickerLease } from '@deskwire/contracts/subjects';
import { holdLease, type LeaseBucket } from '@deskwire/streams/lease';
import type { Log } from '@deskwire/runtime/log';
import type { KpiFrames } from './kpi-frames.ts';
import type { KpiTicker } from './kpi-ticker.ts';

/** Short, because clients see no figures while a holder that died still counts as one. Losing it costs them a new epoch. */
const leaseMs = 1_500;

/** Runs the ticker whenever this hub holds the lease, until `stop` aborts; then it is free for the next one at once. */
export async function runKpiTicker(
  {
    bucket,
    holder,
    ticker,
    frames,
    log,
  }: { bucket: LeaseBucket; holder: string; ticker: KpiTicker; frames: Pick<KpiFrames, 'known'>; log: Log },
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    const lease = await holdLease({ bucket, key: kpiTickerLease, holder, ttlMs: leaseMs }, stop).catch(() => undefined);
    // It rejects only when told to stop.
    if (lease === undefined) return;
    log.info({ epoch: lease.revision }, 'runs the KPI queries for all hubs');
    ticker.start(lease.revision, frames.known());
    const over = AbortSignal.any([lease.lost, stop]);
    if (!over.aborted) await once(over, 'abort');
    ticker.stop();
    if (stop.aborted) {
      await lease.release();
      return;
    }
    log.warn('another hub runs the KPI queries now, or NATS does not answer');
  }
}
