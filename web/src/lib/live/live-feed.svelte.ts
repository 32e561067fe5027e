import type { ChannelListener, FrameOf, Followed, LinkState } from './channel-follower';
import type { HubLink } from './hub-link';
import { judgeTrust, lagMs, type Held, type Proof } from './trust';

export interface FeedOptions<Data> {
  /** What the server painted; undefined when it could not be read. */
  initial: Data | undefined;
  /** The server's time at that moment, ISO. */
  at: string;
  hub: HubLink;
}

const clockMs = 250;

/** A channel as a page shows it: first what the server painted, then whatever the hub sends, and how far to trust it. */
export abstract class LiveFeed<Data> {
  #kept: { data: Data | undefined; at: string; receivedAt: number } = $state.raw({
    data: undefined,
    at: '',
    receivedAt: 0,
  });
  /** When the hub last gave a sign of life, by the monotonic clock. */
  #heardAt = $state(0);
  #link: LinkState = $state.raw({ state: 'connecting' });
  #now = $state(0);
  #hub: HubLink;
  #followed: Followed | undefined;

  readonly #held: Held = $derived.by(() => ({
    proof: this.#kept.data === undefined ? undefined : this.proofOf(this.#kept.data),
    at: this.#kept.at,
    ageMs: Math.max(0, this.#now - this.#kept.receivedAt),
    silentMs: Math.max(0, this.#now - this.#heardAt),
  }));
  /** The last message; undefined while nothing is known. */
  readonly data: Data | undefined = $derived.by(() => this.#kept.data);
  readonly trust = $derived(judgeTrust(this.#link, this.#held));
  readonly lagMs = $derived(lagMs(this.#held));
  /** The server's time of day as far as it is known here, Unix ms: for "3 s ago". */
  readonly serverNow = $derived(Date.parse(this.#held.at) + this.#held.ageMs);

  constructor({ initial, at, hub }: FeedOptions<Data>) {
    this.#hub = hub;
    this.#now = this.#heardAt = hub.monotonic();
    this.#kept = { data: initial, at, receivedAt: this.#now };
  }

  /** When the data were read, up to when they are complete, and why they are old; undefined when they say nothing. */
  protected abstract proofOf(data: Data): Proof | undefined;
  protected abstract follow(hub: HubLink, listener: ChannelListener<Data>): Followed;

  /** Goes live, from `onMount` or an effect; the answer ends it. */
  start(): () => void {
    const clock = setInterval(() => this.tick(), clockMs);
    const followed = this.follow(this.#hub, {
      onFrame: (frame) => this.take(frame),
      onLink: (link) => (this.#link = link),
      onHeartbeat: () => this.beat(),
    });
    this.#followed = followed;
    return () => {
      clearInterval(clock);
      followed.close();
      this.#followed = undefined;
    };
  }

  /** Holds still what is shown, at the person's wish. */
  pause(): void {
    this.#followed?.pause();
  }

  resume(): void {
    this.#followed?.resume();
  }

  tick(): void {
    this.#now = this.#hub.monotonic();
  }

  take(frame: FrameOf<Data>): void {
    this.tick();
    this.#kept = { data: frame.data, at: frame.at, receivedAt: this.#now };
    this.#heardAt = this.#now;
  }

  /** A heartbeat came. Where frames come every second it is no excuse for those that do not. */
  protected beat(): void {}

  /** Something came from whoever makes the frames. */
  protected heard(): void {
    this.tick();
    this.#heardAt = this.#now;
  }
}
