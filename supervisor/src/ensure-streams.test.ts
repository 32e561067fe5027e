import { expect, test } from 'vitest';
import { allowedChange, differences, withoutLoss } from './ensure-streams.ts';

const config = { name: 'EVENTS', subjects: ['events.>'], max_bytes: 100 * 2 ** 20 };

test('never lowers the bound below what is stored: the server would delete the oldest at once', () => {
  expect(withoutLoss(config, 500 * 2 ** 20, 900 * 2 ** 20).max_bytes).toBe(564 * 2 ** 20);
  expect(withoutLoss(config, 500 * 2 ** 20, -1).max_bytes).toBe(564 * 2 ** 20);
  expect(withoutLoss(config, 0, 900 * 2 ** 20).max_bytes).toBe(100 * 2 ** 20);
});

test('gives a full stream nothing beyond its share at each start', () => {
  expect(withoutLoss(config, 500 * 2 ** 20, 501 * 2 ** 20).max_bytes).toBe(501 * 2 ** 20);
});

test('names each setting that differs, and ignores what it does not want', () => {
  expect(differences(config, { ...config, max_msgs: -1 })).toEqual([]);
  expect(differences(config, { ...config, subjects: ['other'] })).toEqual(['subjects: ["other"], wanted ["events.>"]']);
});

test('leaves a bucket alone where deletes were denied for ever, and the server removes what is replaced', () => {
  const wanted = { ...config, deny_delete: false, max_msgs_per_subject: -1 };
  expect(allowedChange(wanted, { deny_delete: true, max_msgs_per_subject: 1 })).toEqual({
    ...wanted,
    ...{ deny_delete: true, max_msgs_per_subject: 1 },
  });
  expect(allowedChange(wanted, { deny_delete: false, max_msgs_per_subject: 1 })).toEqual(wanted);
  const denied = { ...config, deny_delete: true };
  expect(allowedChange(denied, { deny_delete: true, max_msgs_per_subject: 1 })).toEqual(denied);
});
