import { buckets, streams } from '@deskwire/contracts/subjects';
import { expect, test } from 'vitest';
import { streamBudget, wantedStreams } from './streams.ts';

const GiB = 2 ** 30;
const promised = (some: { max_bytes: number }[]) => some.reduce((sum, { max_bytes }) => sum + max_bytes, 0);

test('every stream and every bucket has a bound in bytes, and together they leave a fifth of the budget to grow into', () => {
  const wanted = wantedStreams(40 * GiB);
  expect(wanted.map(({ name }) => name).sort()).toEqual(
    [...Object.values(streams), ...buckets.map((name) => `KV_${name}`)].sort(),
  );
  expect(wanted.every(({ max_bytes }) => max_bytes > 0)).toBe(true);
  expect(promised(wanted)).toBeLessThan(0.81 * 40 * GiB);
});

test('20 GiB hold 850,000 tickets of six messages each and half as many customers', () => {
  const tickets = 850_000;
  // Bytes as measured in these streams (docs/operations.md).
  const taken = new Map([
    ['TICKETS', tickets * 1_890],
    ['CONVERSATIONS', tickets * 6 * 1_035],
    ['KV_customers', (tickets / 2) * 1_380],
    ['KV_keys', tickets * 1.5 * 201],
  ]);
  const wanted = wantedStreams(20 * GiB);
  const grown = wanted.map(({ name, max_bytes }) => ({ max_bytes: Math.max(max_bytes, taken.get(name) ?? 0) }));
  expect(promised(grown)).toBeLessThan(20 * GiB);
});

test('a full stream of events refuses, and takes an event of 1 MiB with its headers', () => {
  const events = wantedStreams(GiB).find(({ name }) => name === 'EVENTS');
  expect(events).toMatchObject({ discard: 'new', max_age: 604_800e9, max_msg_size: 1_048_576 + 65_536 });
});

test('a key can be destroyed for good', () => {
  const keys = wantedStreams(GiB).find(({ name }) => name === 'KV_keys');
  expect(keys).toMatchObject({ deny_delete: false, max_msgs_per_subject: 1 });
});

test('the server removes what is replaced in a bucket, but for customers', () => {
  const limits = wantedStreams(GiB).filter(({ name }) => name.startsWith('KV_'));
  const unlimited = limits.filter((stream) => stream.max_msgs_per_subject !== 1);
  expect(unlimited).toMatchObject([{ name: 'KV_customers', deny_delete: false, max_msgs_per_subject: -1 }]);
});

test('the budget leaves a reserve free, and counts what the streams hold already', () => {
  expect(streamBudget({ freeBytes: 100 * GiB, usedBytes: 0 })).toBe(67.5 * GiB);
  expect(streamBudget({ freeBytes: 60 * GiB, usedBytes: 40 * GiB })).toBe(67.5 * GiB);
  expect(streamBudget({ freeBytes: 0, usedBytes: 0 })).toBe(GiB);
});
