import { expect, it } from 'vitest';
import { segmentWidths } from './segment-widths';

it('shows a part however small, fills the bar, and shows nothing of what is none', () => {
  expect(segmentWidths([75, 25, 0])).toEqual([75, 25, 0]);
  expect(segmentWidths([5_742, 0, 1])).toEqual([99.4, 0, 0.6]);
  expect(segmentWidths([0, 0, 0])).toEqual([0, 0, 0]);
});
