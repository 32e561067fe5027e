import { describe, expect, it } from 'vitest';
import { isFarBehind, judgeTrust, lagMs, type Proof } from './trust';

const at = '2026-11-22T12:00:00.400Z';
const proof = (more: Partial<Proof> = {}): Proof => ({
  asOf: '2026-11-22T12:00:00.300Z',
  watermark: Date.parse('2026-11-22T12:00:00.000Z'),
  why: null,
  ...more,
});
const connected = { state: 'connected' } as const;

describe('trust', () => {
  it('is live with the lag of the server plus the age of the frame', () => {
    expect(judgeTrust(connected, { proof: proof(), at, ageMs: 250 })).toEqual({ state: 'live', behindMs: 650 });
  });

  it('is far behind when what happened ten seconds ago is not there yet', () => {
    const behind = (ms: number) => judgeTrust(connected, { proof: proof(), at, ageMs: ms - 400 });
    expect(behind(3_000)).toEqual({ state: 'live', behindMs: 3_000 });
    expect(isFarBehind(behind(3_000))).toBe(false);
    const old = { watermark: Date.parse(at) - 10_001 };
    expect(isFarBehind(judgeTrust(connected, { proof: proof(old), at, ageMs: 0 }))).toBe(true);
    expect(isFarBehind(judgeTrust({ state: 'paused' }, { proof: proof(old), at, ageMs: 0 }))).toBe(false);
  });

  it('knows no lag without a watermark', () => {
    expect(lagMs({ proof: proof({ watermark: undefined }), at, ageMs: 0 })).toBeUndefined();
  });

  it('is stale when frames stop coming over a connection that looks alive', () => {
    expect(judgeTrust(connected, { proof: proof(), at, ageMs: 3_400 }).state).toBe('live');
    expect(judgeTrust(connected, { proof: proof(), at, ageMs: 3_600 })).toEqual({
      state: 'stale',
      asOf: proof().asOf,
      why: 'Nothing has come from the server since.',
    });
  });

  it('says what is shown while it reconnects or is paused', () => {
    for (const state of ['reconnecting', 'paused'] as const) {
      expect(judgeTrust({ state }, { proof: proof(), at, ageMs: 9_000 })).toEqual({ state, asOf: proof().asOf });
    }
  });

  it('says from when the figures of a page are that is from before an update', () => {
    const outdated = judgeTrust({ state: 'outdated' }, { proof: proof(), at, ageMs: 0 });
    expect(outdated).toEqual({ state: 'outdated', asOf: proof().asOf });
  });

  it('is stale, as the figures say of themselves, for as long as the server can only repeat its last reading', () => {
    for (const asOf of ['2026-11-22T11:59:55.000Z', '2026-11-22T11:58:00.000Z']) {
      const trust = judgeTrust(connected, { proof: proof({ asOf, why: 'ClickHouse does not answer' }), at, ageMs: 0 });
      expect(trust).toEqual({ state: 'stale', asOf, why: 'ClickHouse does not answer' });
    }
  });

  it('is as far behind as its oldest figure, and stale only when not even the newest was read lately', () => {
    const ofMixed = (lastReadAt: string) =>
      judgeTrust(connected, {
        proof: proof({
          asOf: '2026-11-22T11:59:55.500Z',
          watermark: Date.parse('2026-11-22T11:59:55.400Z'),
          lastReadAt,
        }),
        ...{ at, ageMs: 0 },
      });
    expect(ofMixed('2026-11-22T12:00:00.200Z')).toEqual({ state: 'live', behindMs: 5_000 });
    expect(ofMixed('2026-11-22T11:59:56.800Z')).toMatchObject({ state: 'stale', asOf: '2026-11-22T11:59:55.500Z' });
  });

  it('stays live when a silent source makes fresh figures unknown: the connection is not to blame', () => {
    const silent = proof({ why: 'no sign of life from zendesk' });
    expect(judgeTrust(connected, { proof: silent, at, ageMs: 0 }).state).toBe('live');
  });

  it('knows nothing without figures; those that were painted stay, though the hub will not serve the channel', () => {
    expect(judgeTrust({ state: 'connecting' }, { proof: undefined, at, ageMs: 0 }).state).toBe('unknown');
    const refused = { state: 'refused', message: 'not now' } as const;
    expect(judgeTrust(refused, { proof: undefined, at, ageMs: 0 })).toEqual({ state: 'unknown', why: 'not now' });
    const { asOf } = proof();
    expect(judgeTrust(refused, { proof: proof(), at, ageMs: 0 })).toEqual({ state: 'stale', asOf, why: 'not now' });
  });
});
