import { describe, expect, it } from 'vitest';
import { isBehind, isNewer } from './frame-order';

const held = { epoch: 'a', seq: 7 };

describe('order of frames', () => {
  it('takes what is newer and nothing else of the same epoch', () => {
    expect([6, 7, 8, 12].map((seq) => isNewer({ epoch: 'a', seq }, held))).toEqual([false, false, true, true]);
  });
  it('takes any frame of another epoch, because a hub that starts again counts from one', () => {
    expect(isNewer({ epoch: 'b', seq: 1 }, held)).toBe(true);
    expect(isNewer({ epoch: 'a', seq: 1 }, { epoch: undefined, seq: 0 })).toBe(true);
  });
  it('notices a lost last frame by the heartbeat', () => {
    expect([7, 8].map((head) => isBehind(held, { epoch: 'a', head }))).toEqual([false, true]);
    expect(isBehind(held, { epoch: 'b', head: 0 })).toBe(true);
  });
});
