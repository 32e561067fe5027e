import { kpiScopeOf, parseChannel, type KpiScope } from '@deskwire/contracts/channels';
import { frame, type Frame } from '@deskwire/contracts/hub-protocol';
import { kpiFrame, type KpiFrame } from '@deskwire/contracts/kpi';
import type { z } from 'zod';
import type { Clock } from './clock.ts';

/** A frame older than this is nothing to begin with: the next one is due. */
const freshMs = 1_500;
/** A first frame takes a tick; without one in this time ClickHouse or the ticker is away. */
const firstFrameMs = 4_000;
/** An epoch whose frames have stopped for this long may be followed by a lower one: the broker was made again. */
const epochSilenceMs = 10_000;

/** About 10 KB each. More than hubs follow at a time. */
const scopesMax = 1_000;

const kpiMessage = frame.extend({ data: kpiFrame });
type KpiMessage = z.infer<typeof kpiMessage>;

/** The last frame of each scope, as the hub with the lease published it; every hub keeps those of the scopes that were asked for last. */
export function createKpiFrames(clock: Clock) {
  const last = new Map<KpiScope, { message: KpiMessage; at: number }>();
  const waiting = new Map<KpiScope, Set<() => void>>();
  let epoch = { value: 0, at: -Infinity };

  /** Stamped with the server's time of now, by what has passed here: clocks of two machines differ. */
  function restamped({ message, at }: { message: KpiMessage; at: number }): Frame {
    return { ...message, at: new Date(Date.parse(message.at) + clock.monotonic() - at).toISOString() };
  }

  function nextFrame(scope: KpiScope): Promise<void> {
    return new Promise((resolve) => {
      const waiters = waiting.get(scope) ?? new Set();
      waiting.set(scope, waiters);
      const done = () => {
        cancel();
        waiters.delete(done);
        if (waiters.size === 0) waiting.delete(scope);
        resolve();
      };
      const cancel = clock.after(firstFrameMs, done);
      waiters.add(done);
    });
  }

  return {
    /** What the bus brought; undefined when it is no frame, or one of a holder that has lost the lease. */
    take(message: unknown): { scope: KpiScope; frame: Frame } | undefined {
      const parsed = kpiMessage.safeParse(message);
      if (!parsed.success || typeof parsed.data.epoch !== 'number') return undefined;
      const channel = parseChannel(parsed.data.ch);
      if (channel?.kind !== 'kpi') return undefined;
      const scope = kpiScopeOf(channel);
      const now = clock.monotonic();
      if (parsed.data.epoch < epoch.value && now - epoch.at < epochSilenceMs) return undefined;
      epoch = { value: parsed.data.epoch, at: now };
      last.delete(scope);
      last.set(scope, { message: parsed.data, at: now });
      // The one that has been silent for longest: nobody listens to it.
      const [oldest] = last.keys();
      if (last.size > scopesMax && oldest !== undefined) last.delete(oldest);
      for (const done of [...(waiting.get(scope) ?? [])]) done();
      return { scope, frame: parsed.data };
    },
    /** The last frame if it is fresh, else the next one, else the last one as it is; undefined when there never was one. */
    async current(scope: KpiScope): Promise<Frame | undefined> {
      const fresh = last.get(scope);
      if (fresh === undefined || clock.monotonic() - fresh.at > freshMs) await nextFrame(scope);
      const found = last.get(scope);
      return found === undefined ? undefined : restamped(found);
    },
    head(scope: KpiScope): { epoch: number | string; head: number } {
      const message = last.get(scope)?.message;
      return { epoch: message?.epoch ?? 0, head: message?.seq ?? 0 };
    },
    /** What a hub that takes the lease begins with. */
    known: (): ReadonlyMap<KpiScope, KpiFrame> =>
      new Map([...last].map(([scope, { message }]) => [scope, message.data])),
  };
}

export type KpiFrames = ReturnType<typeof createKpiFrames>;
