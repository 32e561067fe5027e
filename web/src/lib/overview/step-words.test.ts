import { expect, it } from 'vitest';
import { tooFewWords } from './step-words';

it('says of which span there are too few for a line', () => {
  expect(tooFewWords(900_000)).toBe('too few per 15 min to draw');
  expect(tooFewWords(10_800_000)).toBe('too few per 3 h to draw');
});
