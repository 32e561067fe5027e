import type { FlowReport } from '@deskwire/contracts/flow';
import { isBehind, isNewer, type Position } from './frame-order';
import type { FrameOf, LinkState } from './hub-client';
import { judgeTrust, lagMs, type Held } from './trust';

interface Kept extends Position {
  report: FlowReport | undefined;
  at: string;
  /** Monotonic, ms. */
  receivedAt: number;
}

/** The data flow as a page shows it: first what the server painted, then whatever the hub sends. */
export class FlowFeed {
  #kept: Kept = $state.raw({ report: undefined, at: '', receivedAt: 0, epoch: undefined, seq: 0 });
  #link: LinkState = $state.raw({ state: 'connecting' });
  #now = $state(0);
  #monotonic: () => number;

  readonly #held: Held = $derived({
    report: this.#kept.report,
    at: this.#kept.at,
    ageMs: Math.max(0, this.#now - this.#kept.receivedAt),
  });
  readonly report = $derived(this.#kept.report);
  readonly trust = $derived(judgeTrust(this.#link, this.#held));
  readonly lagMs = $derived(lagMs(this.#held));
  /** The server's time of day as far as it is known here, Unix ms: for "3 s ago". */
  readonly serverNow = $derived(Date.parse(this.#held.at) + this.#held.ageMs);

  constructor(first: { report: FlowReport | undefined; at: string }, monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#now = monotonic();
    this.#kept = { ...first, receivedAt: this.#now, epoch: undefined, seq: 0 };
  }

  /** Goes live; the answer ends it. The client is loaded after the first paint. */
  start(hubUrl: string): () => void {
    const clock = setInterval(() => this.tick(), 250);
    let stop = () => clearInterval(clock);
    let ended = false;
    void import('./follow-flow').then(({ followFlow }) => {
      if (ended) return;
      const channel = followFlow(hubUrl, {
        onFrame: (frame) => this.take(frame),
        onHeartbeat: (heartbeat) => isBehind(this.#kept, heartbeat) && channel.resume(),
        onLink: (link) => (this.#link = link),
      });
      stop = () => {
        clearInterval(clock);
        channel.close();
      };
    });
    return () => {
      ended = true;
      stop();
    };
  }

  tick(): void {
    this.#now = this.#monotonic();
  }

  /** Ignores what is not newer. Frames of this channel are whole, so a gap costs nothing but the frames in it. */
  take(frame: FrameOf<FlowReport>): void {
    if (!isNewer(frame, this.#kept)) return;
    this.#now = this.#monotonic();
    this.#kept = { report: frame.data, at: frame.at, receivedAt: this.#now, epoch: frame.epoch, seq: frame.seq };
  }
}
