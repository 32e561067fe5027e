import type { Frame, HubHeartbeat, SubscribeAck } from '@deskwire/contracts/hub-protocol';
import { isBehind, placeOf, type Position } from './frame-order';

/** How the way to a channel is. `connected`: what is held is what the hub has, as far as it has told. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'connected' }
  | { state: 'reconnecting' }
  | { state: 'paused' }
  | Refusal
  | { state: 'signed-out' };

export type Refusal =
  /** The hub answers, but will not serve the channel now. */
  | { state: 'refused'; message: string }
  /** The page is from before an update: it does not speak as the hub does. */
  | { state: 'outdated' };

export type FrameOf<Data> = Frame & { data: Data };

export interface ChannelListener<Data> {
  /** In order, each once, none missing: a delta only ever follows what it builds on. */
  onFrame: (frame: FrameOf<Data>) => void;
  onLink: (link: LinkState) => void;
  /** The hub is there, and has nothing newer than what is held. */
  onHeartbeat: () => void;
}

export interface Followed {
  pause: () => void;
  resume: () => void;
  close: () => void;
}

/** What a follower needs of the connection. */
export interface ChannelPort {
  /** Rejects when no answer came in time. */
  subscribe: (from: Position) => Promise<SubscribeAck>;
  unsubscribe: () => void;
  /** Gives this connection up and makes another. */
  reconnect: () => void;
  /** Runs once after `ms`; the answer cancels. */
  after: (ms: number, run: () => void) => () => void;
  /** 0 to 1. */
  random: () => number;
}

export type ChannelFollower<Data> = ReturnType<typeof createChannelFollower<Data>>;

/** Deltas that may wait for the snapshot below them; with more the snapshot is asked for again. */
const earlyMax = 1_000;
const retryMs = { first: 250, max: 2_000 };
/** Asking this often for what is missing, and not getting it, makes the connection suspect. */
const vainMax = 4;

/**
 * Keeps one channel true over connections that break: subscribes, holds back what came too early, applies, asks again when
 * something is missing, and says so meanwhile. Knows no socket, so that tests can be as bad a network as they like.
 */
export function createChannelFollower<Data>(port: ChannelPort, listener: ChannelListener<Data>) {
  let held: Position = { epoch: undefined, seq: 0 };
  let early: FrameOf<Data>[] = [];
  let link: 'new' | 'up' | 'down' | 'signed-out' = 'new';
  let pausedBy = { person: false, hidden: false };
  let refusal: Refusal | undefined;
  /** Whether what is held was whole when the hub last spoke. */
  let confirmed = false;
  let fresh = true;
  let question = 0;
  let asking = false;
  let vain = 0;
  let cancelRetry = () => {};
  let told = '';

  const isPaused = () => pausedBy.person || pausedBy.hidden;

  function tell(): void {
    const state = stateOf();
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    listener.onLink(state);
  }
  function stateOf(): LinkState {
    if (link === 'signed-out') return { state: 'signed-out' };
    if (isPaused()) return { state: 'paused' };
    if (refusal !== undefined) return refusal;
    if (link === 'up' && confirmed) return { state: 'connected' };
    return { state: held.epoch === undefined && link !== 'down' ? 'connecting' : 'reconnecting' };
  }

  function ask(): void {
    if (link !== 'up' || isPaused() || asking) return;
    cancelRetry();
    asking = true;
    const mine = (question += 1);
    port.subscribe(held).then(
      (answer) => {
        if (mine !== question) return;
        asking = false;
        answered(answer);
      },
      () => {
        if (mine !== question) return;
        asking = false;
        port.reconnect();
      },
    );
  }
  function answered(answer: SubscribeAck): void {
    refusal = answer.ok ? undefined : { state: 'refused', message: answer.error.message };
    if (answer.ok && confirmed) vain = 0;
    else if (answer.ok || answer.error.code === 'unavailable') again(answer.ok);
    tell();
  }
  /** The snapshot comes before the answer, so by now it was lost. */
  function again(isVain: boolean): void {
    vain += 1;
    if (isVain && vain >= vainMax) {
      vain = 0;
      port.reconnect();
      return;
    }
    const waitMs = Math.min(retryMs.max, retryMs.first * 2 ** (vain - 1));
    cancelRetry = port.after(waitMs * (0.5 + port.random()), ask);
  }
  function doubt(): void {
    confirmed = false;
    ask();
    tell();
  }
  /** What was asked and what came early belongs to a connection or subscription that is over. */
  function forget(): void {
    cancelRetry();
    question += 1;
    asking = false;
    confirmed = false;
    early = [];
  }

  function take(frame: FrameOf<Data>): void {
    if (link !== 'up' || isPaused()) return;
    const place = placeOf(frame, held, fresh);
    if (place === 'gap') {
      early = early.length < earlyMax ? [...early, frame] : [];
      doubt();
    } else if (place === 'apply') {
      apply(frame);
      for (const next of early.sort((a, b) => a.seq - b.seq)) if (placeOf(next, held, false) === 'apply') apply(next);
      early = early.filter((next) => placeOf(next, held, false) === 'gap');
      confirmed = early.length === 0;
      tell();
    }
  }
  function apply(frame: FrameOf<Data>): void {
    held = { epoch: frame.epoch, seq: frame.seq };
    fresh = false;
    listener.onFrame(frame);
  }

  function setPaused(by: 'person' | 'hidden', on: boolean): void {
    if (pausedBy[by] === on) return;
    const before = isPaused();
    pausedBy = { ...pausedBy, [by]: on };
    if (before !== isPaused()) {
      forget();
      if (isPaused()) port.unsubscribe();
      else ask();
    }
    tell();
  }

  return {
    frame: take,
    heartbeat(beat: HubHeartbeat): void {
      if (link !== 'up' || isPaused()) return;
      if (isBehind(held, beat)) doubt();
      else if (early.length === 0) {
        confirmed = true;
        listener.onHeartbeat();
        tell();
      }
    },
    connected(): void {
      link = 'up';
      fresh = true;
      refusal = undefined;
      forget();
      ask();
      tell();
    },
    /** `why`: the hub let nobody in, and said so. */
    lost(why?: Refusal): void {
      link = 'down';
      refusal = why;
      forget();
      tell();
    },
    signedOut(): void {
      link = 'signed-out';
      forget();
      tell();
    },
    /** After a sleep, or a silence that is too long: what is held may be old without anybody having said so. */
    doubt,
    setPaused,
    isActive: () => !isPaused(),
    /** Ends all waiting; the owner unsubscribes. */
    close: forget,
  };
}
