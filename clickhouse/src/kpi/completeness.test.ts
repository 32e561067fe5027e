import type { FlowReport, FlowSource, FlowStream } from '@deskwire/contracts/flow';
import { describe, expect, it } from 'vitest';
import { completenessOf, drawnUntil, watermarkOf } from './completeness.ts';
import { noFacts, type KpiFacts } from './kpi-facts.ts';

const at = '2026-11-22T12:00:00.000Z';
const range = { from: Date.parse('2026-11-22T00:00:00Z'), to: Date.parse(at) };
const stream = (name: string, changes: Partial<FlowStream> = {}): FlowStream => ({
  ...{ stream: name, epoch: 7, committedSeq: 100, headSeq: 100, lagMessages: 0, watermark: at },
  ...{ messages: 100, rows: 100, missing: 0, balanced: true, ...changes },
});
const report = (changes: Partial<FlowReport> = {}): FlowReport => ({
  ...{ at, state: 'complete', why: null, ratePerS: 0, sources: [], rejected: [], gaps: [] },
  totals: { received: 0, accepted: 0, duplicate: 0, rejected: 0, balanced: true },
  today: { from: at, received: 0, accepted: 0, duplicate: 0, rejected: 0 },
  streams: [stream('EVENTS'), stream('TICKETS')],
  ...changes,
});
const floor = (seq: number, floor_at: string, changes: Partial<KpiFacts> = {}): KpiFacts => ({
  ...{ ...noFacts, floor_epoch: 7, floor_seq: seq, floor_at, ...changes },
});
const reached = floor(100, '2026-11-22T11:00:00.000Z');
const seconds = (ago: number) => new Date(Date.parse(at) - ago * 1_000).toISOString();
const silentSource: FlowSource = {
  ...{ source: 'zendesk', state: 'silent', received: 1, accepted: 1, duplicate: 0, rejected: 0, ratePerS: 0 },
  ...{ lastEventAt: null, lastReceivedAt: null, watermark: null },
  heartbeat: { at: '2026-11-22T11:00:00.000Z', cursor: '', intervalS: 60, sentCount: 1 },
};
const gap = {
  stream: 'EVENTS',
  epoch: 7,
  fromSeq: 3,
  toSeq: 5,
  reason: 'retention',
  detectedAt: '2026-11-21T10:00:00.000Z',
  arrivedAfter: '2026-11-21T08:00:00.000Z',
  arrivedBefore: '2026-11-21T09:00:00.000Z',
} as const;
/** A matcher, typed: vitest's own is any. */
const text = (part: string): unknown => expect.stringContaining(part);
const judge = (flow: FlowReport, facts: KpiFacts, changes: { isState?: boolean; to?: number } = {}) =>
  completenessOf({ range: { ...range, to: changes.to ?? range.to }, isState: changes.isState ?? false, flow, facts });

it('draws figures up to the watermark, and not beyond the last sign of life of a silent source', () => {
  const flow = report({ sources: [silentSource] });
  expect(judge(flow, reached)).toMatchObject({ state: 'unknown', from: silentSource.heartbeat?.at });
  expect(drawnUntil({ watermark: at }, { range, flow })).toBe(Date.parse('2026-11-22T11:00:00.000Z'));
  expect(drawnUntil({ watermark: '2026-11-22T10:00:00.000Z' }, { range, flow })).toBe(Date.parse(seconds(7_200)));
  const worse = report({ sources: [silentSource], gaps: [gap] });
  expect(judge(worse, reached, { isState: true }).state).toBe('unknown');
  expect(drawnUntil({ watermark: at }, { range, flow: worse })).toBe(Date.parse('2026-11-22T11:00:00.000Z'));
  expect(drawnUntil({ watermark: at }, { range, flow: report() })).toBe(Date.parse(at));
  expect(drawnUntil({ watermark: null }, { range, flow })).toBe(-Infinity);
});

describe('watermark', () => {
  it('is now when the desk has applied the whole stream and all its changes are stored', () => {
    expect(watermarkOf(report(), reached)).toBe(at);
    expect(
      watermarkOf(
        report({ streams: [stream('EVENTS', { headSeq: 0, committedSeq: 0 })] }),
        floor(0, at, { floor_at: null }),
      ),
    ).toBe(at);
  });
  it('is the floor otherwise: behind the head, another epoch, changes not stored, NATS away', () => {
    expect(watermarkOf(report(), floor(99, seconds(2)))).toBe(seconds(2));
    expect(watermarkOf(report(), { ...reached, floor_epoch: 6 })).toBe(reached.floor_at);
    expect(watermarkOf(report({ streams: [stream('EVENTS'), stream('TICKETS', { lagMessages: 3 })] }), reached)).toBe(
      reached.floor_at,
    );
    expect(watermarkOf(report({ streams: [stream('EVENTS', { headSeq: null, lagMessages: null })] }), reached)).toBe(
      reached.floor_at,
    );
  });
  it('is not beyond what the ledger has of EVENTS: only there stands what was rejected, and is in no figure', () => {
    const waits = (watermark: string | null, lagMessages: number | null = 3) =>
      report({ streams: [stream('EVENTS', { committedSeq: 97, lagMessages, watermark }), stream('TICKETS')] });
    expect(watermarkOf(waits(seconds(20)), reached)).toBe(seconds(20));
    expect(watermarkOf(waits(seconds(20), null), { ...reached, floor_at: seconds(10) })).toBe(seconds(20));
    expect(watermarkOf(waits(seconds(1)), floor(99, seconds(2)))).toBe(seconds(2));
    expect(watermarkOf(waits(null), reached)).toBeNull();
    expect(judge(waits(seconds(20)), reached)).toMatchObject({ state: 'provisional', from: seconds(20) });
    expect(judge(waits(seconds(31)), reached)).toMatchObject({ state: 'stale', from: seconds(31) });
    expect(judge(waits(seconds(31)), reached, { to: range.to - 40_000 }).state).toBe('complete');
  });
  it('does not wait for messages that are gone at the end of the stream', () => {
    const gaps = [
      { ...gap, fromSeq: 96, toSeq: 98 },
      { ...gap, fromSeq: 99, toSeq: 100 },
    ];
    expect(watermarkOf(report({ gaps }), floor(95, seconds(60)))).toBe(at);
  });
});

describe('completeness, worst first', () => {
  it('is complete when nothing speaks against it', () => {
    expect(judge(report(), reached)).toEqual({ state: 'complete' });
  });
  it('is incomplete with missing positions, rows that do not add up, and rejected events', () => {
    const holes = report({
      streams: [stream('EVENTS'), stream('TICKETS', { missing: 4, balanced: false })],
    });
    expect(judge(holes, reached)).toMatchObject({
      state: 'incomplete',
      missing: 4,
      why: text('TICKETS'),
    });
    expect(judge(report({ streams: [stream('EVENTS', { balanced: false })] }), reached).state).toBe('incomplete');
    expect(judge(report(), { ...reached, rejected: 2 })).toMatchObject({
      ...{ state: 'incomplete', missing: 2 },
      why: '2 rejected events of the range wait to be mended',
    });
    expect(judge(report(), { ...reached, rejected: 1 })).toMatchObject({
      why: '1 rejected event of the range waits to be mended',
    });
    const before = { ...reached, rejected: 0, rejected_before: 3 };
    expect(judge(report(), before)).toMatchObject({ state: 'complete' });
    expect(judge(report(), before, { isState: true })).toMatchObject({ state: 'incomplete', missing: 3 });
  });
  it('is incomplete with a loss that may be of the range, named by when it arrived; a state with any, and an erasure is none', () => {
    expect(judge(report({ gaps: [gap] }), reached).state).toBe('complete');
    expect(judge(report({ gaps: [gap] }), reached, { isState: true })).toMatchObject({
      state: 'incomplete',
      missing: 3,
    });
    // Seen today, but lost yesterday.
    expect(judge(report({ gaps: [{ ...gap, detectedAt: seconds(60) }] }), reached).state).toBe('complete');
    const today = { ...gap, detectedAt: seconds(60), arrivedAfter: seconds(3_600), arrivedBefore: seconds(1_800) };
    expect(judge(report({ gaps: [today] }), reached)).toMatchObject({
      state: 'incomplete',
      from: seconds(3_600),
      to: seconds(1_800),
      why: text('EVENTS 3-5'),
    });
    const open = { ...today, arrivedAfter: null, arrivedBefore: null };
    expect(judge(report({ gaps: [today, open] }), reached)).toMatchObject({
      ...{ from: new Date(range.from).toISOString(), to: seconds(60) },
    });
    expect(judge(report({ gaps: [{ ...today, reason: 'erased' }] }), reached, { isState: true }).state).toBe(
      'complete',
    );
  });
  it('is incomplete with a change that cannot be read, unless all such came before the range; a state with any', () => {
    const unread = { unreadable: 2, unreadable_from: '2026-11-20T08:00:00.123456Z', unreadable_to: seconds(60) };
    expect(judge(report(), { ...reached, ...unread })).toEqual({
      ...{ state: 'incomplete', missing: 2, from: '2026-11-20T08:00:00.123Z', to: seconds(60) },
      why: '2 changes of tickets arrived that cannot be read',
    });
    const before = { ...reached, ...unread, unreadable_to: '2026-11-21T23:59:59.999999Z' };
    expect(judge(report(), before).state).toBe('complete');
    expect(judge(report(), before, { isState: true })).toMatchObject({ state: 'incomplete', missing: 2 });
  });
  it('adds up what is missing for several reasons, and says each; how much is not said where one of them is not counted', () => {
    const today = { ...gap, arrivedAfter: seconds(3_600), arrivedBefore: seconds(1_800) };
    const unread = { unreadable: 2, unreadable_from: seconds(900), unreadable_to: seconds(60) };
    const refused = { rejected: 1, rejected_from: seconds(7_200), rejected_to: seconds(7_200), rejected_before: 5 };
    const facts = { ...reached, ...unread, ...refused };
    expect(judge(report({ gaps: [today] }), facts)).toEqual({
      ...{ state: 'incomplete', missing: 6, rejected: 1 },
      ...{ from: seconds(7_200), to: seconds(60) },
      spans: [
        { from: seconds(3_600), to: seconds(1_800) },
        { from: seconds(900), to: seconds(60) },
        { from: seconds(7_200), to: seconds(7_200) },
      ],
      why: '3 messages were gone before they could be read: EVENTS 3-5 (retention); 2 changes of tickets arrived that cannot be read; 1 rejected event of the range waits to be mended',
    });
    expect(judge(report({ gaps: [today] }), { ...facts, rejected: 0 })).toMatchObject({
      ...{ missing: 5, from: seconds(3_600), to: seconds(60) },
    });
    const backlog = judge(report({ gaps: [today] }), facts, { isState: true });
    expect(backlog).toMatchObject({ missing: 10, rejected: 5 });
    expect(backlog.from).toBeUndefined();
    const odd = report({ gaps: [today], streams: [stream('EVENTS'), stream('TICKETS', { balanced: false })] });
    expect(judge(odd, reached)).toMatchObject({ state: 'incomplete', why: text('than are stored; 3 messages') });
    expect(judge(odd, reached).missing).toBeUndefined();
  });
  it('is unknown where a source is silent, whatever else is missing: of what it has not told there is no bound', () => {
    const why =
      'no sign of life from zendesk for 3 heartbeat intervals; 2 rejected events of the range wait to be mended';
    expect(judge(report({ sources: [silentSource] }), { ...reached, rejected: 2 })).toEqual({
      ...{ state: 'unknown', from: silentSource.heartbeat?.at, to: at, silent: ['zendesk'], why },
    });
  });
  it('is incomplete where changes may be counted twice since TICKETS was made again; EVENTS may be at any time', () => {
    const madeAgain = (name: string, madeAgainAt: string) =>
      report({ streams: ['EVENTS', 'TICKETS'].map((each) => stream(each, each === name ? { madeAgainAt } : {})) });
    const today = '2026-11-22T11:00:00.000Z';
    expect(judge(madeAgain('TICKETS', today), reached)).toEqual({
      ...{ state: 'incomplete', from: new Date(range.from).toISOString(), to: today },
      why: 'the stream TICKETS was made again on 2026-11-22 11:00 UTC: what happened before may be counted twice',
    });
    const yesterday = '2026-11-21T11:00:00.000Z';
    expect(judge(madeAgain('TICKETS', yesterday), reached).state).toBe('complete');
    expect(judge(madeAgain('TICKETS', yesterday), reached, { isState: true }).state).toBe('incomplete');
    expect(judge(madeAgain('EVENTS', today), reached, { isState: true }).state).toBe('complete');
  });
  it('is unknown beyond the last sign of life of a silent source, which it names', () => {
    const flow = report({ sources: [silentSource] });
    expect(judge(flow, reached)).toMatchObject({
      state: 'unknown',
      from: '2026-11-22T11:00:00.000Z',
      why: text('zendesk'),
    });
    expect(judge(flow, reached, { to: Date.parse('2026-11-22T10:00:00Z') }).state).toBe('complete');
  });
  it('is stale when the watermark is older than 30 s or the head is not known, provisional before that', () => {
    expect(judge(report(), floor(90, seconds(31)))).toMatchObject({ state: 'stale', from: seconds(31) });
    expect(judge(report(), floor(90, seconds(5)))).toMatchObject({ state: 'provisional', from: seconds(5), to: at });
    const away = report({ streams: [stream('EVENTS', { headSeq: null, lagMessages: null })] });
    expect(judge(away, floor(100, seconds(5))).state).toBe('stale');
    expect(judge(away, floor(100, seconds(5)), { to: range.to - 10_000 }).state).toBe('complete');
  });
  it('is revised by what came late, and provisional in the future', () => {
    const says = (late: number) => judge(report(), { ...reached, late }).why;
    expect(judge(report(), { ...reached, late: 2 })).toMatchObject({ state: 'revised' });
    expect(says(2)).toMatch(/^2 changes arrived too late to count; the figures may differ by them$/);
    expect(says(1)).toMatch(/^1 change arrived too late to count; the figures may differ by it$/);
    expect(judge(report(), reached, { to: range.to + 1 })).toMatchObject({ state: 'provisional' });
  });
});
