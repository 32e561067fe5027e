import type { FlowReport } from '@deskwire/contracts/flow';
import type { ChannelListener, Followed } from './channel-follower';
import type { HubLink } from './hub-link';
import { LiveFeed } from './live-feed.svelte';
import type { Proof } from './trust';

/** The data flow, live. */
export class FlowFeed extends LiveFeed<FlowReport> {
  get report(): FlowReport | undefined {
    return this.data;
  }

  protected override follow(hub: HubLink, listener: ChannelListener<FlowReport>): Followed {
    return hub.follow(() => import('./flow-channel').then(({ flowChannel }) => flowChannel), listener);
  }

  /** The stream that is furthest behind counts. */
  protected override proofOf({ at, why, streams }: FlowReport): Proof {
    const marks = streams.flatMap(({ watermark }) => (watermark === null ? [] : [Date.parse(watermark)]));
    return { asOf: at, why, watermark: marks.length === 0 ? undefined : Math.min(...marks) };
  }
}
