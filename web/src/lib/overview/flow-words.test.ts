import type { FlowGap, FlowReport, FlowStream } from '@deskwire/contracts/flow';
import { describe, expect, it } from 'vitest';
import { flowWords, shownSources, sourceAge, sourcesWords } from './flow-words';

const at = '2026-11-22T12:00:00.000Z';
const stream = (changes: Partial<FlowStream> = {}): FlowStream => ({
  ...{ stream: 'EVENTS', epoch: 7, committedSeq: 100, headSeq: 100, lagMessages: 0, watermark: at },
  ...{ messages: 100, rows: 100, missing: 0, balanced: true, ...changes },
});
const today = { from: '2026-11-22T00:00:00.000Z', received: 12_431, accepted: 12_431, duplicate: 0, rejected: 0 };
const report = (changes: Partial<FlowReport> = {}): FlowReport => ({
  ...{ at, state: 'complete', why: null, ratePerS: 0, streams: [stream()], sources: [], rejected: [], gaps: [], today },
  totals: { received: 50_000, accepted: 50_000, duplicate: 0, rejected: 0, balanced: true },
  ...changes,
});
const words = (changes: Partial<FlowReport> = {}, seen: Partial<Parameters<typeof flowWords>[1]> = {}) =>
  flowWords(report(changes), { fresh: true, zone: 'UTC', now: Date.parse(at), late: false, ...seen });
const gap = (changes: Partial<FlowGap>): FlowGap => ({
  ...{ stream: 'EVENTS', epoch: 7, fromSeq: 11, toSeq: 14, reason: 'lost', detectedAt: at },
  ...{ arrivedAfter: null, arrivedBefore: null },
  ...changes,
});

describe('the events of today', () => {
  it('are all accounted for where the ledger says so', () => {
    expect(words()).toBe('12,431 events today, all accounted for');
    expect(words({ today: { ...today, received: 1 } })).toBe('1 event today, all accounted for');
  });
  it('are accounted for too where some were rejected, which is said', () => {
    expect(words({ today: { ...today, rejected: 3 } })).toBe('12,431 events today, all accounted for, 3 rejected');
  });
  it('are not where positions are missing, were lost today, or do not add up', () => {
    const holes = { state: 'incomplete', streams: [stream({ missing: 12, balanced: false })] } as const;
    expect(words({ ...holes, streams: [...holes.streams] })).toBe('12,431 events today, 12 missing');
    expect(words({ state: 'incomplete', gaps: [gap({})] })).toBe('12,431 events today, 4 lost');
    const totals = { ...report().totals, balanced: false };
    expect(words({ state: 'incomplete', totals })).toBe('12,431 events today, not all accounted for');
  });
  it('do not suffer from what was lost another day, which is said beside them, nor from what was erased', () => {
    const before = '2026-11-21T23:00:00.000Z';
    for (const lost of [gap({ detectedAt: before }), gap({ arrivedBefore: before })])
      expect(words({ state: 'incomplete', gaps: [lost] })).toBe(
        '12,431 events today, all accounted for, 4 lost before today',
      );
    expect(words({ gaps: [gap({ reason: 'erased' })] })).toBe('12,431 events today, all accounted for');
  });
  it('are not known to be all while NATS or ClickHouse is away, whoever is silent', () => {
    const unseen = [stream({ headSeq: null, lagMessages: null })];
    expect(words({ state: 'unknown', streams: unseen })).toBe('12,431 events today, not known whether all');
    expect(words({ state: 'unknown' })).toBe('12,431 events today, not known whether all');
    const silent: FlowReport['sources'] = [
      {
        ...{ source: 'rt', state: 'silent', received: 1, accepted: 1, duplicate: 0, rejected: 0, ratePerS: 0 },
        ...{ lastEventAt: null, lastReceivedAt: null, watermark: null, heartbeat: null },
      },
    ];
    expect(words({ state: 'unknown', streams: unseen, sources: silent })).toMatch(/not known/);
    expect(words({ state: 'unknown', sources: silent })).toMatch(/all accounted for/);
  });
  it('are not all there while messages wait for longer than they take', () => {
    const behind = { state: 'behind', streams: [stream({ lagMessages: 40 })] } as const;
    expect(words({ ...behind, streams: [...behind.streams] }, { late: true })).toBe('12,431 events today, catching up');
    expect(words({ ...behind, streams: [...behind.streams] })).toMatch(/all accounted for/);
  });
  it('are those of the day on which they were read, once that is over', () => {
    const now = Date.parse('2026-11-23T00:00:05Z');
    expect(words({}, { fresh: false })).toBe('12,431 events today when last read');
    expect(words({}, { fresh: false, now })).toBe('12,431 events on 22 Nov 2026 when last read');
  });
});

describe('the sources of today', () => {
  const source = (state: FlowReport['sources'][number]['state']): FlowReport['sources'][number] => ({
    ...{ source: state, state, received: 1, accepted: 1, duplicate: 0, rejected: 0, ratePerS: 0 },
    ...{ lastEventAt: null, lastReceivedAt: null, watermark: null, heartbeat: null },
  });
  const said = (states: FlowReport['sources'][number]['state'][], fresh = true) =>
    sourcesWords(report({ sources: states.map(source) }), fresh);
  it('are counted, but for those that no longer send', () => {
    expect(said([])).toBe('No source yet');
    expect(said(['retired'])).toBe('No source yet');
    expect(said(['live', 'idle', 'retired'])).toBe('2 sources, none silent');
    expect(said(['live'])).toBe('1 source, none silent');
  });
  it('are not called sound where nobody can know', () => {
    expect(said(['live', 'idle'], false)).toBe('2 sources');
    expect(said(['live', 'unannounced'])).toBe('2 sources, 1 without heartbeat');
  });
  it('say what it is that was so long ago', () => {
    const age = (state: FlowReport['sources'][number]['state']) =>
      sourceAge({ state, lastReceivedAt: '2026-11-22T11:59:11.000Z' }, Date.parse(at));
    expect([age('live'), age('idle'), age('silent')]).toEqual(['49 s ago', 'for 49 s', 'for 49 s']);
    expect([age('unannounced'), age('retired')]).toEqual(['last event 49 s ago', 'last event 49 s ago']);
    expect(sourceAge({ state: 'idle', lastReceivedAt: null }, Date.parse(at))).toBe('');
  });
  it('keep their places when one falls silent, which is not cut off', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...source('live'), source: name }));
    const withSilent = (name: string) =>
      shownSources(
        five.map((each) => (each.source === name ? { ...each, state: 'silent' } : each)),
        3,
      ).map((each) => each.source);
    expect(shownSources(five, 3)).toEqual(five.slice(0, 3));
    expect(withSilent('b')).toEqual(['a', 'b', 'c']);
    expect(withSilent('e')).toEqual(['a', 'b', 'e']);
  });
});
