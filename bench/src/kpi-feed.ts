import { channels } from '@deskwire/contracts/channels';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import { kpiTickerLease, subjects } from '@deskwire/contracts/subjects';
import { createKpiReader } from '@deskwire/hub/kpi-reader';
import { streamHeads } from '@deskwire/hub/stream-heads';
import { connectNats } from '@deskwire/runtime/nats';
import { holdLease } from '@deskwire/streams/lease';
import { fillHistory } from './history.ts';
import type { Servers } from './servers.ts';

/** What the hub with the lease does for all others: publishes frames of kpi:all, here at a rate of choice. */
export interface KpiFeed {
  /** Of one frame as JSON. */
  frameBytes: number;
  sent: () => number;
  /** Frames/s from now on; 0 for none. */
  setRate: (perS: number) => void;
  stop: () => Promise<void>;
}

const leaseMs = 1_500;
const history = { tickets: 1_000, events: 10_000, days: 10 };

/**
 * Takes the lease, so that no hub under measurement runs KPI queries: it fans out what another one made, as in an operation
 * with several hubs. The figures are real ones, read once from a small history; only position and time differ between frames.
 */
export async function startKpiFeed(servers: Servers): Promise<KpiFeed> {
  const { client, hubEnv } = servers;
  await fillHistory(client, history, Date.now());
  const nc = await connectNats(hubEnv, 'hub');
  const stopping = new AbortController();
  const bucket = await nc.jetstream().views.kv('leases');
  const lease = await holdLease({ bucket, key: kpiTickerLease, holder: 'bench', ttlMs: leaseMs }, stopping.signal);
  const reader = createKpiReader({
    ...{ client, streamHead: streamHeads(nc), now: Date.now, zone: 'UTC' },
    monotonic: () => performance.now(),
    // Read once, nothing runs ahead.
    changes: { answered: () => undefined, since: () => undefined },
    onRead: () => undefined,
  });
  const data = (await reader.read(['all'])).get('all');
  const ch = channels.kpi('all');
  let seq = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  function nextFrame(): string {
    seq += 1;
    const at = new Date().toISOString();
    const frame: Frame = { ch, epoch: lease.revision, seq, prev: seq - 1, kind: 'frame', at, data };
    return JSON.stringify(frame);
  }
  return {
    frameBytes: Buffer.byteLength(nextFrame()),
    sent: () => seq,
    setRate: (perS) => {
      clearInterval(timer);
      if (perS > 0) timer = setInterval(() => nc.publish(subjects.liveKpi('all'), nextFrame()), 1_000 / perS);
    },
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await lease.release();
      await nc.close();
    },
  };
}
