import { rejectReasons } from '@deskwire/contracts/reasons';
import { expect, it } from 'vitest';
import { reasonTitle, waitingWords } from './rejected-words';

it('calls every reason by words, names of others as they write them', () => {
  expect(['unknown-status', 'not-json', 'invalid-utf8'].map(reasonTitle)).toEqual([
    ...['Unknown status', 'Not JSON', 'Invalid UTF-8'],
  ]);
  for (const reason of Object.keys(rejectReasons)) expect(reasonTitle(reason)).toMatch(/^[A-Z][\w .]*(UTF-8)?$/);
});

it('says how many are waiting', () => {
  expect([0, 1, 1_204].map(waitingWords)).toEqual(['none waiting', '1 waiting', '1,204 waiting']);
});
