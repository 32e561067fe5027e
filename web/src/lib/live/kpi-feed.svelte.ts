import type { KpiScope } from '@deskwire/contracts/channels';
import type { KpiFrame } from '@deskwire/contracts/kpi';
import type { ChannelListener, Followed, FrameOf } from './channel-follower';
import type { HubLink } from './hub-link';
import { LiveFeed, type FeedOptions } from './live-feed.svelte';
import { createSteadyMarks } from './steady-marks';
import type { Proof } from './trust';

/** Today's figures of one scope, live. Another scope is another feed. */
export class KpiFeed extends LiveFeed<KpiFrame> {
  readonly scope: KpiScope;
  readonly #steady = createSteadyMarks();

  constructor({ scope, ...options }: FeedOptions<KpiFrame> & { scope: KpiScope }) {
    super(options);
    this.scope = scope;
  }

  get frame(): KpiFrame | undefined {
    return this.data;
  }

  override take(frame: FrameOf<KpiFrame>): void {
    super.take({ ...frame, data: { ...frame.data, kpis: this.#steady(frame.data.kpis, frame.at) } });
  }

  protected override follow(hub: HubLink, listener: ChannelListener<KpiFrame>): Followed {
    return hub.follow(() => import('./kpi-channel').then(({ kpiChannel }) => kpiChannel(this.scope)), listener);
  }

  /** All figures of a frame were read at one time, and what they lack is said of each: the first speaks for all. */
  protected override proofOf({ kpis }: KpiFrame): Proof | undefined {
    const [answer] = Object.values(kpis);
    if (answer === undefined) return undefined;
    const { as_of, watermark, completeness } = answer;
    const known = watermark === null ? undefined : Date.parse(watermark);
    // Any other state says what the figures lack, not why they are old.
    const why = completeness.state === 'stale' ? completeness.why : undefined;
    return { asOf: as_of, watermark: known, why: why ?? null };
  }
}
