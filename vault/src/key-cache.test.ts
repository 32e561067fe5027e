import { expect, test } from 'vitest';
import type { StoredKey } from './data-key.ts';
import { createKeyCache } from './key-cache.ts';
import { type KeyName, ticketKey } from './key-name.ts';

const name = (number: number) => ticketKey('zendesk', `${number}`);
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => name(from + at));
const live = (): StoredKey => ({ state: 'live', key: Buffer.alloc(32, 1) });

function fill(cache: ReturnType<typeof createKeyCache>, batch: KeyName[]) {
  for (const each of batch) cache.add(each, live());
  cache.hold(batch);
}

test('keeps at most its bound and drops the least recently used', () => {
  const cache = createKeyCache(10, 1);
  fill(cache, names(0, 10));
  cache.hold([name(0)]);
  fill(cache, names(10, 15));
  expect(cache.size).toBe(10);
  expect(cache.find(name(0))).toBeDefined();
  expect(cache.find(name(1))).toBeUndefined();
  expect(cache.find(name(6))).toBeDefined();
});

test('holds the newest batches above the bound, and lets go of older ones', () => {
  const cache = createKeyCache(5, 2);
  fill(cache, names(0, 20));
  fill(cache, names(20, 40));
  expect(cache.size).toBe(40);
  fill(cache, names(40, 42));
  expect(cache.size).toBe(22);
  expect(names(20, 42).every((each) => cache.find(each) !== undefined)).toBe(true);
  fill(cache, names(42, 44));
  expect(cache.size).toBe(5);
});

test('drops single keys behind a held batch', () => {
  const cache = createKeyCache(4, 2);
  fill(cache, names(0, 3));
  for (const single of names(3, 30)) {
    cache.add(single, live());
    cache.trim();
  }
  expect(cache.size).toBe(4);
  expect(names(0, 3).every((each) => cache.find(each) !== undefined)).toBe(true);
});

test('keeps a key destroyed when an older answer says that it lives', () => {
  const cache = createKeyCache(10, 2);
  cache.destroy(name(1));
  cache.add(name(1), live());
  expect(cache.find(name(1))).toEqual({ state: 'destroyed' });
});

test('wipes what it drops, destroys or clears', () => {
  const cache = createKeyCache(1, 0);
  const keys = [1, 2, 3].map((at) => ({ at, key: Buffer.alloc(32, at) }));
  for (const { at, key } of keys) {
    cache.add(name(at), { state: 'live', key });
    if (at === 3) cache.destroy(name(3));
    cache.trim();
  }
  cache.clear();
  expect(keys.map(({ key }) => key.equals(Buffer.alloc(32)))).toEqual([true, true, true]);
});
