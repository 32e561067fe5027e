import type { FlowReport } from '@deskwire/contracts/flow';
import { expect, it } from 'vitest';
import type { ChannelListener, Followed } from './channel-follower';
import { FlowFeed } from './flow-feed.svelte';
import type { HubLink } from './hub-link';

const begin = Date.parse('2026-11-22T12:00:00.000Z');
const timeOf = (ms: number) => new Date(begin + ms).toISOString();
/** What was read of the ledger at `ms`, complete until then. */
const report = (ms: number, more: Partial<FlowReport> = {}): FlowReport => ({
  ...{ at: timeOf(ms), state: 'complete', why: null, ratePerS: 0, sources: [], rejected: [], gaps: [] },
  totals: { received: 1, accepted: 1, duplicate: 0, rejected: 0, balanced: true },
  today: { from: timeOf(0), received: 1, accepted: 1, duplicate: 0, rejected: 0 },
  streams: [
    {
      ...{ stream: 'EVENTS', epoch: 1, committedSeq: 1, headSeq: 1, lagMessages: 0, watermark: timeOf(ms) },
      ...{ messages: 1, rows: 1, missing: 0, balanced: true },
    },
  ],
  ...more,
});

/** A page of the data flow, a hub that says what it is told to, and time that passes when told. */
function openPage() {
  let [ms, seq] = [0, 0];
  let hub: ChannelListener<FlowReport> | undefined;
  const followed = { pause: () => {}, resume: () => {}, close: () => {} };
  class ToldFeed extends FlowFeed {
    protected override follow(_: HubLink, listener: ChannelListener<FlowReport>): Followed {
      hub = listener;
      return followed;
    }
  }
  const link = { monotonic: () => ms, follow: () => followed };
  const feed = new ToldFeed({ initial: report(0), at: timeOf(0), hub: link });
  const stop = feed.start();
  hub?.onLink({ state: 'connected' });
  return {
    feed,
    stop,
    wait(forMs: number) {
      ms += forMs;
      feed.tick();
    },
    beat: () => hub?.onHeartbeat(),
    send(data: FlowReport) {
      seq += 1;
      const place = { ch: 'flow', epoch: 'e', seq, prev: seq - 1, kind: 'frame' as const };
      hub?.onFrame({ ...place, at: timeOf(ms), data });
    },
  };
}

it('is live while a report takes long, as long as the hub says that it is there, and says how far it is behind', () => {
  const { feed, wait, beat, send, stop } = openPage();
  for (let second = 1; second <= 5; second += 1) {
    wait(1_000);
    beat();
  }
  expect(feed.trust).toEqual({ state: 'live', behindMs: 5_000 });
  // Five seconds were spent on it: it is as old as when it was begun, and nothing is wrong.
  send(report(300, { state: 'unknown', why: 'no sign of life from zendesk' }));
  expect(feed.trust).toEqual({ state: 'live', behindMs: 4_700 });
  stop();
});

it('is stale when neither a frame nor a heartbeat comes, and when a report does not come to an end', () => {
  const { feed, wait, beat, send, stop } = openPage();
  send(report(0));
  wait(3_600);
  expect(feed.trust).toMatchObject({
    state: 'stale',
    asOf: timeOf(0),
    why: expect.stringContaining('Nothing has come'),
  });
  for (let second = 4; second <= 11; second += 1) {
    beat();
    wait(1_000);
  }
  expect(feed.trust).toMatchObject({ state: 'stale', asOf: timeOf(0), why: expect.stringContaining('not done') });
  stop();
});

it('says how old it is, for as long as the hub can only repeat the last report', () => {
  const { feed, wait, send, stop } = openPage();
  const away = { state: 'unknown', why: 'ClickHouse does not answer', repeated: true } as const;
  wait(5_000);
  send(report(0, away));
  expect(feed.trust).toEqual({ state: 'stale', asOf: timeOf(0), why: away.why });
  wait(1_000);
  expect(feed.trust.state).toBe('stale');
  wait(4_500);
  send(report(0, away));
  expect(feed.trust).toEqual({ state: 'stale', asOf: timeOf(0), why: away.why });
  stop();
});
