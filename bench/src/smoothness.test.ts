import { describe, expect, it } from 'vitest';
import { droppedFrames } from './smoothness.ts';

describe('droppedFrames', () => {
  const at = (...frames: number[]) => frames.map((frame) => (frame * 1_000) / 60);

  it('counts what is missing between painted frames, not small unevenness', () => {
    expect(droppedFrames(at(0, 1, 2, 3, 4, 5))).toBe(0);
    expect(droppedFrames(at(0, 1, 2, 5, 6, 8, 9, 10))).toBe(3);
    expect(droppedFrames(at(0, 1.2, 1.9, 3, 4, 5))).toBe(0);
  });

  it('has nothing to say about a page that did not paint twice', () => {
    expect(droppedFrames([])).toBe(0);
    expect(droppedFrames([5])).toBe(0);
  });
});
