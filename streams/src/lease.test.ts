import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { holdLease, type LeaseBucket } from './lease.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A bucket in memory whose writes can be cut off for one holder. */
function bucket() {
  let entry: { value: Uint8Array; revision: number; operation: string } | null = null;
  const door = (reachable: () => boolean): LeaseBucket => ({
    get: () => (reachable() ? Promise.resolve(entry) : Promise.reject(new Error('away'))),
    put: (_, value, { previousSeq }) => {
      if (!reachable() || (entry?.revision ?? 0) !== previousSeq)
        return Promise.reject(new Error('wrong last sequence'));
      entry = { value, revision: previousSeq + 1, operation: 'PUT' };
      return Promise.resolve(entry.revision);
    },
  });
  return { door, holder: () => (entry === null ? null : Buffer.from(entry.value).toString()) };
}
const stop = () => new AbortController();
const clock = () => Date.now();

it('is held by one at a time and passes on at once when released', async () => {
  const { door } = bucket();
  const first = await holdLease(
    { bucket: door(() => true), key: 'k', holder: 'a', ttlMs: 1_000, clock },
    stop().signal,
  );
  let second: unknown;
  void holdLease({ bucket: door(() => true), key: 'k', holder: 'b', ttlMs: 1_000, clock }, stop().signal).then(
    (held) => (second = held),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect(second).toBeUndefined();
  await first.release();
  await vi.advanceTimersByTimeAsync(200);
  expect(second).toBeDefined();
});

it('lapses when its holder cannot renew it, and the holder knows', async () => {
  const { door, holder } = bucket();
  let reachable = true;
  const first = await holdLease(
    { bucket: door(() => reachable), key: 'k', holder: 'a', ttlMs: 1_000, clock },
    stop().signal,
  );
  reachable = false;
  void holdLease({ bucket: door(() => true), key: 'k', holder: 'b', ttlMs: 1_000, clock }, stop().signal);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(first.lost.aborted).toBe(true);
  expect(holder()).toContain('"b"');
});

it('notices that another one took it over while it slept', async () => {
  const { door } = bucket();
  const all = door(() => true);
  const first = await holdLease({ bucket: all, key: 'k', holder: 'a', ttlMs: 1_000, clock }, stop().signal);
  const entry = await all.get('k');
  await all.put('k', Buffer.from('{"holder":"b"}'), { previousSeq: entry?.revision ?? 0 });
  await vi.advanceTimersByTimeAsync(300);
  expect(first.lost.aborted).toBe(true);
});

it('keeps a lease whose renewal was stored but whose answer was lost', async () => {
  const { door } = bucket();
  const all = door(() => true);
  const first = await holdLease({ bucket: all, key: 'k', holder: 'a', ttlMs: 1_000, clock }, stop().signal);
  const entry = await all.get('k');
  await all.put('k', entry?.value ?? new Uint8Array(), { previousSeq: entry?.revision ?? 0 });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(first.lost.aborted).toBe(false);
  await first.release();
});

it('stops waiting when told to', async () => {
  const { door } = bucket();
  await holdLease({ bucket: door(() => true), key: 'k', holder: 'a', ttlMs: 1_000, clock }, stop().signal);
  const ending = stop();
  const waiting = holdLease({ bucket: door(() => true), key: 'k', holder: 'b', ttlMs: 1_000, clock }, ending.signal);
  ending.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
});
