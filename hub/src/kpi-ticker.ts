import { channels, type KpiScope } from '@deskwire/contracts/channels';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import type { KpiFrame } from '@deskwire/contracts/kpi';
import type { Clock } from './clock.ts';
import { createPace } from './pace.ts';
import { staleKpis } from './stale-kpis.ts';

export type KpiTicker = ReturnType<typeof createKpiTicker>;

/**
 * Engine, desk and ticker may share their cores: where figures are behind, asking less often is what makes them newer. So the
 * ticker rests as long as they are behind, up to this (measured: decision 15).
 */
const restMsMax = 1_000;

/** Below the silence after which clients call their figures stale: they are to hear why. */
const overdueMs = 2_500;

interface Term {
  epoch: number;
  seq: number;
  /** By scope: the position of its last frame, and the last figures that could be read. */
  scopes: Map<KpiScope, { seq: number; known: KpiFrame }>;
}

/**
 * Turns figures into frames for all scopes that any hub wants, while this process holds the lease. One `seq` runs through all
 * scopes, so that a scope which comes back never counts backwards. What cannot be read is repeated as stale, never as zero.
 */
export function createKpiTicker({
  read,
  publish,
  onTick,
  onFailure,
  clock,
}: {
  read: (scopes: readonly KpiScope[]) => Promise<Map<KpiScope, KpiFrame>>;
  publish: (scope: KpiScope, frame: Frame) => void;
  /** `tookMs` from the first question to the last frame. */
  onTick: (tookMs: number, frames: ReadonlyMap<KpiScope, KpiFrame>) => void;
  onFailure: (error: unknown) => void;
  clock: Clock;
}) {
  let wanted: ReadonlySet<KpiScope> = new Set();
  let term: Term | undefined;
  let lagMs = 0;
  const pace = createPace({ tick, clock, rests: (costMs) => Math.max(costMs, Math.min(restMsMax, lagMs)) });

  async function tick(): Promise<'done' | 'failed'> {
    const mine = term;
    if (mine === undefined || wanted.size === 0) return 'done';
    const startedAt = clock.monotonic();
    const scopes = [...wanted];
    // Whoever looks at figures is not to wait for an engine that hangs, but to hear that they are old.
    let cancel = clock.after(overdueMs, repeat);
    function repeat(): void {
      if (mine !== undefined) send(mine, lastKnown(mine, scopes));
      cancel = clock.after(overdueMs, repeat);
    }
    try {
      const frames = await read(scopes);
      send(mine, frames);
      lagMs = lagOf(frames, clock.wall());
      onTick(clock.monotonic() - startedAt, frames);
      return 'done';
    } catch (error) {
      onFailure(error);
      send(mine, lastKnown(mine, scopes));
      return 'failed';
    } finally {
      cancel();
      for (const scope of mine.scopes.keys()) if (!wanted.has(scope)) mine.scopes.delete(scope);
    }
  }

  function send(mine: Term, frames: ReadonlyMap<KpiScope, KpiFrame>): void {
    // The lease went to another hub meanwhile: these would be frames of an epoch that is over.
    if (term !== mine) return;
    const at = new Date(clock.wall()).toISOString();
    for (const [scope, data] of frames) {
      mine.seq += 1;
      const prev = mine.scopes.get(scope)?.seq ?? 0;
      publish(scope, { ch: channels.kpi(scope), epoch: mine.epoch, seq: mine.seq, prev, kind: 'frame', at, data });
      mine.scopes.set(scope, { seq: mine.seq, known: data });
    }
  }

  function lastKnown({ scopes: last }: Term, scopes: KpiScope[]): Map<KpiScope, KpiFrame> {
    const frames = new Map<KpiScope, KpiFrame>();
    for (const scope of scopes) {
      const known = last.get(scope)?.known;
      if (known !== undefined) frames.set(scope, staleKpis(known, clock.wall()));
    }
    return frames;
  }
  const rest = () => pace.listen(term !== undefined && wanted.size > 0);

  return {
    /** `known`: what other hubs published before, so that a new holder is not without figures while ClickHouse is away. */
    start(epoch: number, known: ReadonlyMap<KpiScope, KpiFrame>): void {
      term = { epoch, seq: 0, scopes: new Map([...known].map(([scope, frame]) => [scope, { seq: 0, known: frame }])) };
      rest();
      pace.hurry();
    },
    stop(): void {
      term = undefined;
      rest();
    },
    want: (scopes: ReadonlySet<KpiScope>): void => {
      const isNew = [...scopes].some((scope) => !wanted.has(scope));
      wanted = scopes;
      rest();
      if (!isNew) return;
      lagMs = 0; // Whoever comes is not to wait for that.
      pace.hurry();
    },
    committed: pace.hurry,
  };
}

/** ms since the oldest watermark; 0 when no figure has one. */
function lagOf(frames: ReadonlyMap<KpiScope, KpiFrame>, now: number): number {
  let lag = 0;
  for (const { kpis } of frames.values()) {
    const watermark = kpis.created?.watermark;
    if (typeof watermark === 'string') lag = Math.max(lag, now - Date.parse(watermark));
  }
  return lag;
}
