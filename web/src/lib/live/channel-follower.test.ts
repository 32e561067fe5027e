import type { SubscribeAck } from '@deskwire/contracts/hub-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChannelFollower, type ChannelFollower, type FrameOf, type LinkState } from './channel-follower';

type Sums = Record<string, number>;
type Step =
  | { do: 'write' | 'write-unseen' | 'beat' | 'cut' | 'restart' | 'wake' | 'hide' | 'show' }
  | { do: 'lose' | 'repeat' | 'swap'; at: number };

/** A hub with one channel of deltas (or of whole frames), and a line to it on which anything may happen to a message. */
function setUp({ whole, detectsGaps = true }: { whole: boolean; detectsGaps?: boolean }) {
  let epoch = 1;
  let seq = 0;
  let truth: Sums = {};
  /** Whatever was true once. */
  const past = new Set(['[]']);
  let isJoined = false;
  let line: ({ frame: FrameOf<Sums> } | { head: number; epoch: number } | { answer: () => void })[] = [];
  let timers: (() => void)[] = [];
  let shown: Sums = {};
  let link: LinkState = { state: 'connecting' };
  const at = '2026-11-22T12:00:00.000Z';
  const base = () => ({ ch: 'test', epoch, seq, prev: seq - 1, at });

  const follower: ChannelFollower<Sums> = createChannelFollower<Sums>(
    {
      subscribe: (from) =>
        new Promise<SubscribeAck>((resolve, reject) => {
          isJoined = true;
          const holdsIt = from.epoch === epoch && from.seq === seq;
          if (!holdsIt) line.push({ frame: { ...base(), kind: 'snapshot', data: { ...truth } } });
          line.push({ epoch, head: seq }, { answer: () => resolve({ ok: true }) });
          // An answer that is lost on the way is given up in the end.
          timers.push(() => reject(new Error('no answer in time')));
        }),
      unsubscribe: () => (isJoined = false),
      reconnect: () => timers.push(cut),
      after: (_, run) => {
        timers.push(run);
        return () => (timers = timers.filter((other) => other !== run));
      },
      random: () => 0.5,
    },
    {
      onFrame: (frame) => {
        shown = frame.kind === 'delta' ? { ...shown, ...frame.data } : frame.data;
      },
      onLink: (now) => (link = now),
      onHeartbeat: () => undefined,
    },
  );

  function cut(): void {
    line = [];
    isJoined = false;
    follower.lost();
    follower.connected();
  }
  function write(): void {
    seq += 1;
    const change = { [`k${seq % 5}`]: seq };
    truth = { ...truth, ...change };
    past.add(JSON.stringify(sorted(truth)));
    const frame: FrameOf<Sums> = whole
      ? { ...base(), kind: 'frame', data: { ...truth } }
      : { ...base(), kind: 'delta', data: change };
    if (isJoined) line.push({ frame });
  }
  function deliver(message: (typeof line)[number]): void {
    if ('answer' in message) message.answer();
    else if ('frame' in message) {
      // The control: a client that takes each delta as if nothing could be missing below it.
      follower.frame(detectsGaps ? message.frame : { ...message.frame, prev: 0 });
    } else if (detectsGaps) follower.heartbeat({ ch: 'test', epoch: message.epoch, head: message.head, at });
  }
  async function settle(): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      for (const message of line.splice(0)) deliver(message);
      await Promise.resolve();
      await Promise.resolve();
      if (line.length === 0 && timers.length === 0) return;
      if (line.length === 0) timers.shift()?.();
    }
  }
  return {
    async run(step: Step): Promise<void> {
      switch (step.do) {
        case 'write':
          write();
          return settle();
        case 'write-unseen':
          return write();
        case 'beat':
          if (isJoined) line.push({ epoch, head: seq });
          return settle();
        case 'cut':
          cut();
          return settle();
        case 'restart':
          // Another hub has taken over: it counts anew, and goes on from the same truth.
          epoch += 1;
          seq = 0;
          return cut();
        case 'wake':
          return follower.doubt();
        case 'hide':
        case 'show':
          return follower.setPaused('hidden', step.do === 'hide');
        case 'lose':
          line.splice(step.at % Math.max(1, line.length), 1);
          return;
        case 'repeat': {
          const message = line[step.at % Math.max(1, line.length)];
          if (message !== undefined) line.push(message);
          return;
        }
        case 'swap': {
          const [message] = line.splice(step.at % Math.max(1, line.length), 1);
          if (message !== undefined) line.unshift(message);
          return;
        }
        default:
          return step satisfies never;
      }
    },
    start: () => follower.connected(),
    refuse: () => follower.lost({ state: 'outdated' }),
    settle,
    cut,
    isLive: () => link.state === 'connected',
    wasTrue: () => past.has(JSON.stringify(sorted(shown))),
    isTrue: () => JSON.stringify(sorted(shown)) === JSON.stringify(sorted(truth)),
    beat: async () => {
      if (isJoined) line.push({ epoch, head: seq });
      await settle();
    },
    show: () => follower.setPaused('hidden', false),
    link: () => link,
  };
}
const sorted = (sums: Sums) => Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('write', 'write-unseen', 'write-unseen').map((name) => ({ do: name })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('beat', 'cut', 'restart', 'wake', 'hide', 'show').map((name) => ({ do: name })),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('lose', 'repeat', 'swap'), at: fc.nat(20) }),
  },
);

async function staysTrue(whole: boolean, detectsGaps: boolean, steps: Step[]): Promise<boolean> {
  const world = setUp({ whole, detectsGaps });
  world.start();
  await world.settle();
  for (const each of steps) {
    await world.run(each);
    // Never a state with a hole in it; and once the hub has said where it is, the state of now.
    if (world.isLive() && !world.wasTrue()) return false;
    if (each.do === 'beat' && world.isLive() && !world.isTrue()) return false;
  }
  world.show();
  await world.settle();
  await world.beat();
  return world.isLive() && world.isTrue();
}

describe('following a channel', () => {
  it.each([
    ['deltas', false],
    ['whole frames', true],
  ])(
    'holds the truth or says that it does not, whatever happens to %s, and is live after the last fault',
    async (_, whole) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) => staysTrue(whole, true, steps)),
        { numRuns: 500 },
      );
    },
  );

  it('would not without looking for gaps', async () => {
    const broken = fc.check(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) => staysTrue(false, false, steps)),
      { numRuns: 500 },
    );
    expect((await broken).failed).toBe(true);
  });

  it('is paused while nobody looks, and not live again before the hub has spoken', async () => {
    const world = setUp({ whole: true });
    world.start();
    await world.settle();
    expect(world.link()).toEqual({ state: 'connected' });
    await world.run({ do: 'hide' });
    expect(world.link()).toEqual({ state: 'paused' });
    await world.run({ do: 'write' });
    expect(world.isTrue()).toBe(false);
    await world.run({ do: 'show' });
    expect(world.link()).toEqual({ state: 'reconnecting' });
    await world.settle();
    expect([world.link(), world.isTrue()]).toEqual([{ state: 'connected' }, true]);
  });

  it('says that it is outdated for as long as the hub does, and no longer', async () => {
    const world = setUp({ whole: true });
    world.start();
    await world.settle();
    world.refuse();
    expect(world.link()).toEqual({ state: 'outdated' });
    world.cut();
    await world.settle();
    expect([world.link(), world.isTrue()]).toEqual([{ state: 'connected' }, true]);
  });

  it('notices by the heartbeat that the last message was lost', async () => {
    const world = setUp({ whole: false });
    world.start();
    await world.settle();
    await world.run({ do: 'write-unseen' });
    await world.run({ do: 'lose', at: 0 });
    await world.settle();
    expect([world.isLive(), world.isTrue()]).toEqual([true, false]);
    await world.beat();
    expect([world.isLive(), world.isTrue()]).toEqual([true, true]);
  });
});
