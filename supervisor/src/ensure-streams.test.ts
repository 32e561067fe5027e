import { expect, test } from 'vitest';
import { differences, withoutLoss } from './ensure-streams.ts';

const config = { name: 'EVENTS', subjects: ['events.>'], max_bytes: 100 * 2 ** 20 };

test('never lowers the bound below what is stored: the server would delete the oldest at once', () => {
  expect(withoutLoss(config, 500 * 2 ** 20).max_bytes).toBe(564 * 2 ** 20);
  expect(withoutLoss(config, 0).max_bytes).toBe(100 * 2 ** 20);
});

test('names each setting that differs, and ignores what it does not want', () => {
  expect(differences(config, { ...config, max_msgs: -1 })).toEqual([]);
  expect(differences(config, { ...config, subjects: ['other'] })).toEqual(['subjects: ["other"], wanted ["events.>"]']);
});
