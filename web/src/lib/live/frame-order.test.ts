import type { Frame } from '@deskwire/contracts/hub-protocol';
import { describe, expect, it } from 'vitest';
import { isBehind, placeOf, type Position } from './frame-order';

const frame = (epoch: Frame['epoch'], seq: number, more: Partial<Frame> = {}): Frame => ({
  ...{ ch: 'kpi:all', epoch, seq, prev: seq - 1, kind: 'frame', at: '2026-11-22T12:00:00.000Z', data: null },
  ...more,
});
const held: Position = { epoch: 7, seq: 7 };
const place = (given: Frame, fresh = false) => placeOf(given, held, fresh);

describe('order of frames', () => {
  it('takes whole frames that are newer, over any gap, and nothing else of the same epoch', () => {
    expect([6, 7, 8, 12].map((seq) => place(frame(7, seq)))).toEqual(['old', 'old', 'apply', 'apply']);
  });
  it('takes a delta that builds on what is held, and finds the gap below one that does not', () => {
    expect(place(frame(7, 8, { kind: 'delta' }))).toBe('apply');
    expect(place(frame(7, 9, { kind: 'delta' }))).toBe('gap');
    expect(place(frame(7, 9, { kind: 'delta', prev: 6 }))).toBe('apply');
  });
  it('takes a later epoch with a whole frame, and needs one below a delta', () => {
    expect(place(frame(8, 1))).toBe('apply');
    expect(place(frame(8, 1, { kind: 'delta' }))).toBe('gap');
    expect(placeOf(frame(8, 1), { epoch: undefined, seq: 0 }, true)).toBe('apply');
  });
  it('leaves an epoch that is over alone, unless a new connection has nothing else', () => {
    expect(place(frame(6, 90))).toBe('old');
    expect(place(frame(6, 90), true)).toBe('apply');
    expect(place(frame('hub b', 1))).toBe('apply');
  });
  it('notices a lost last frame by the heartbeat', () => {
    expect([7, 8].map((head) => isBehind(held, { epoch: 7, head }))).toEqual([false, true]);
    expect(isBehind(held, { epoch: 8, head: 0 })).toBe(true);
  });
});
