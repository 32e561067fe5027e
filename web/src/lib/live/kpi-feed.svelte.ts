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

  /** Counts run ahead of the rest: the line speaks for all figures, so the oldest of them counts. */
  protected override proofOf({ kpis }: KpiFrame): Proof | undefined {
    const answers = Object.values(kpis);
    if (answers.length === 0) return undefined;
    const read = answers.map(({ as_of }) => as_of).sort();
    const marks = answers.flatMap(({ watermark }) => (watermark === null ? [] : [Date.parse(watermark)]));
    // Any other state says what the figures lack, not why they are old.
    const [why] = answers.flatMap(({ completeness }) => (completeness.state === 'stale' ? [completeness.why] : []));
    return {
      ...{ asOf: read[0] ?? '', lastReadAt: read.at(-1), why: why ?? null },
      watermark: marks.length < answers.length ? undefined : Math.min(...marks),
    };
  }
}
