import type { FlowReport } from '@deskwire/contracts/flow';
import type { ChannelListener, FrameOf, Followed } from './channel-follower';
import type { HubLink } from './hub-link';
import { LiveFeed, type FeedOptions } from './live-feed.svelte';
import type { Proof } from './trust';
import { isLate, waitingSince } from './waiting';

/** The data flow, live. */
export class FlowFeed extends LiveFeed<FlowReport> {
  /** Changes with the report only. */
  #waitingSince: number | undefined = undefined;
  /** Messages have waited for seconds: one that has just come is no delay. */
  readonly isLate = $derived(this.report !== undefined && isLate(this.report, this.#waitingSince));

  constructor(options: FeedOptions<FlowReport>) {
    super(options);
    if (options.initial !== undefined) this.#waitingSince = waitingSince(options.initial, 0);
  }

  override take(frame: FrameOf<FlowReport>): void {
    this.#waitingSince = waitingSince(frame.data, this.#waitingSince);
    super.take(frame);
  }

  /** The hub that sends it makes the reports, which may take longer than frames are apart. */
  protected override beat(): void {
    this.heard();
  }

  get report(): FlowReport | undefined {
    return this.data;
  }

  protected override follow(hub: HubLink, listener: ChannelListener<FlowReport>): Followed {
    return hub.follow(() => import('./flow-channel').then(({ flowChannel }) => flowChannel), listener);
  }

  /** The stream that is furthest behind counts. */
  protected override proofOf({ at, why, repeated, streams }: FlowReport): Proof {
    const marks = streams.flatMap(({ watermark }) => (watermark === null ? [] : [Date.parse(watermark)]));
    const watermark = marks.length === 0 ? undefined : Math.min(...marks);
    return { asOf: at, why, watermark, isAnew: repeated !== true };
  }
}
