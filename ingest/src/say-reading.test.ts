import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sayReading } from './say-reading.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const begin = (afterFailure: boolean) => {
  const say = vi.fn();
  return { say, ...sayReading(say, { afterFailure, trialMs: 5_000 }) };
};

it('says at once, and once, that a first session reads', () => {
  const { say, stored } = begin(false);
  expect(say).toHaveBeenCalledTimes(1);
  stored();
  vi.advanceTimersByTime(10_000);
  expect(say).toHaveBeenCalledTimes(1);
});

it('after a failure waits until something is stored, or the session has read for a while', () => {
  const storing = begin(true);
  storing.began();
  vi.advanceTimersByTime(4_999);
  expect(storing.say).not.toHaveBeenCalled();
  storing.stored();
  expect(storing.say).toHaveBeenCalledTimes(1);
  const idle = begin(true);
  idle.began();
  vi.advanceTimersByTime(5_000);
  expect(idle.say).toHaveBeenCalledTimes(1);
  expect([storing.ended(), idle.ended()]).toEqual([{ hasProven: true }, { hasProven: true }]);
});

it('never says it of a session that broke on trial, nor of one that hung before it read', () => {
  const broken = begin(true);
  broken.began();
  vi.advanceTimersByTime(4_999);
  expect(broken.ended()).toEqual({ hasProven: false });
  const hung = begin(true);
  vi.advanceTimersByTime(60_000);
  expect(hung.ended()).toEqual({ hasProven: false });
  vi.advanceTimersByTime(10_000);
  expect([broken.say, hung.say].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
});
