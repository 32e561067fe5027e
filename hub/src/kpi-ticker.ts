import { channels, type KpiScope } from '@deskwire/contracts/channels';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import type { KpiFrame } from '@deskwire/contracts/kpi';
import type { Clock } from './clock.ts';
import { createPace } from './pace.ts';
import { staleKpis } from './stale-kpis.ts';

export type KpiTicker = ReturnType<typeof createKpiTicker>;

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
  onListen,
  onTick,
  onFailure,
  clock,
}: {
  read: (scopes: readonly KpiScope[]) => Promise<Map<KpiScope, KpiFrame>>;
  publish: (scope: KpiScope, frame: Frame) => void;
  /** Whether frames are made here now: the lease is held, and some hub has a listener. */
  onListen: (on: boolean) => void;
  /** `tookMs` from the first question to the last frame. */
  onTick: (tookMs: number, frames: ReadonlyMap<KpiScope, KpiFrame>) => void;
  onFailure: (error: unknown) => void;
  clock: Clock;
}) {
  let wanted: ReadonlySet<KpiScope> = new Set();
  let term: Term | undefined;
  // What rests is the reader's part.
  const pace = createPace({ tick, clock, rests: () => 0 });

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
      if (listens && term === mine) onTick(clock.monotonic() - startedAt, frames);
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
  let listens = false;
  function rest(): void {
    const now = term !== undefined && wanted.size > 0;
    if (now !== listens) onListen(now);
    listens = now;
    pace.listen(now);
  }

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
      if (isNew) pace.hurry();
    },
    /** Figures changed. */
    moved: pace.hurry,
  };
}
