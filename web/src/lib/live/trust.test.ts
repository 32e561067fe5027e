import type { FlowReport, FlowStream } from '@deskwire/contracts/flow';
import { describe, expect, it } from 'vitest';
import { judgeTrust, lagMs } from './trust';

const at = '2026-11-22T12:00:00.400Z';
const stream = (watermark: string | null): FlowStream => ({
  stream: 'EVENTS',
  epoch: 1,
  committedSeq: 3,
  headSeq: 3,
  lagMessages: 0,
  watermark,
  messages: 3,
  rows: 3,
  missing: 0,
  balanced: true,
});
const report = (more: Partial<FlowReport> = {}): FlowReport => ({
  at: '2026-11-22T12:00:00.300Z',
  state: 'complete',
  why: null,
  totals: { received: 3, accepted: 3, duplicate: 0, rejected: 0, balanced: true },
  ratePerS: 0,
  streams: [stream('2026-11-22T12:00:00.000Z')],
  sources: [],
  rejected: [],
  gaps: [],
  ...more,
});
const connected = { state: 'connected' } as const;

describe('trust', () => {
  it('is live with the lag of the server plus the age of the frame', () => {
    expect(judgeTrust(connected, { report: report(), at, ageMs: 250 })).toEqual({ state: 'live', behindMs: 650 });
  });

  it('counts the stream that is furthest behind, and knows no lag without a watermark', () => {
    const streams = [stream('2026-11-22T11:59:59.400Z'), stream('2026-11-22T12:00:00.400Z'), stream(null)];
    expect(lagMs({ report: report({ streams }), at, ageMs: 0 })).toBe(1_000);
    expect(lagMs({ report: report({ streams: [stream(null)] }), at, ageMs: 0 })).toBeUndefined();
  });

  it('is stale when frames stop coming over a connection that looks alive', () => {
    expect(judgeTrust(connected, { report: report(), at, ageMs: 3_400 }).state).toBe('live');
    expect(judgeTrust(connected, { report: report(), at, ageMs: 3_600 })).toEqual({
      state: 'stale',
      asOf: report().at,
    });
  });

  it('says what is shown while it reconnects', () => {
    expect(judgeTrust({ state: 'reconnecting' }, { report: report(), at, ageMs: 9_000 })).toEqual({
      state: 'reconnecting',
      asOf: report().at,
    });
  });

  it('is unknown since the last report when the server could only repeat that one', () => {
    const old = report({ at: '2026-11-22T11:58:00.000Z', state: 'unknown', why: 'ClickHouse does not answer' });
    const trust = judgeTrust(connected, { report: old, at, ageMs: 0 });
    expect(trust).toEqual({ state: 'unknown', since: old.at, why: 'ClickHouse does not answer' });
  });

  it('stays live when a silent source makes a fresh report unknown: the connection is not to blame', () => {
    const silent = report({ state: 'unknown', why: 'no sign of life from zendesk' });
    expect(judgeTrust(connected, { report: silent, at, ageMs: 0 }).state).toBe('live');
  });

  it('knows nothing without a report, or when the hub will not serve the channel', () => {
    expect(judgeTrust({ state: 'connecting' }, { report: undefined, at, ageMs: 0 }).state).toBe('unknown');
    const refused = { state: 'refused', message: 'not now' } as const;
    expect(judgeTrust(refused, { report: report(), at, ageMs: 0 })).toMatchObject({ state: 'unknown', why: 'not now' });
  });
});
