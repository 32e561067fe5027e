import { describe, expect, it } from 'vitest';
import { createSignInLimit, isLoopback } from './sign-in-limit.ts';

describe('sign-in limit', () => {
  const setUp = (addressesMax?: number) => {
    let time = 0;
    const limit = createSignInLimit({
      failuresMax: 3,
      windowMs: 1_000,
      now: () => time,
      ...(addressesMax === undefined ? {} : { addressesMax }),
    });
    const fail = (address: string, times: number) => {
      for (let i = 0; i < times; i += 1) limit.failed(address);
    };
    return { limit, fail, wait: (ms: number) => (time += ms) };
  };

  it('blocks an address after its failures and lets it in again after the window', () => {
    const { limit, fail, wait } = setUp();
    fail('203.0.113.7', 2);
    expect(limit.blocked('203.0.113.7')).toBe(false);
    fail('203.0.113.7', 1);
    expect(limit.blocked('203.0.113.7')).toBe(true);
    expect(limit.blocked('203.0.113.8')).toBe(false);
    wait(1_000);
    expect(limit.blocked('203.0.113.7')).toBe(false);
  });

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '::ffff:127.0.0.1',
    '0000:0000:0000:0000:0000:0000:0000:0001',
    '0000:0000:0000:0000:0000:ffff:7f00:0001',
  ])('spares loopback: %s', (address) => {
    const { limit, fail } = setUp();
    fail(address, 50);
    expect([isLoopback(address), limit.blocked(address)]).toEqual([true, false]);
  });

  it('takes a failure back that turned out to be none', () => {
    const { limit, fail } = setUp();
    fail('203.0.113.7', 3);
    limit.forgive('203.0.113.7');
    expect(limit.blocked('203.0.113.7')).toBe(false);
    limit.forgive('203.0.113.9');
    fail('203.0.113.9', 2);
    expect(limit.blocked('203.0.113.9')).toBe(false);
  });

  it('counts a whole IPv6 /64 as one, however it is written', () => {
    const { limit, fail } = setUp();
    fail('2001:db8::1', 2);
    fail('2001:0db8:0000:0000:abcd:0000:0000:0002', 1);
    expect(limit.blocked('2001:db8:0:0:ffff::9')).toBe(true);
    expect(limit.blocked('2001:db8:0:1::9')).toBe(false);
  });

  it('forgets the oldest address when it is full', () => {
    const { limit, fail } = setUp(2);
    fail('203.0.113.1', 3);
    fail('203.0.113.2', 3);
    fail('203.0.113.3', 3);
    expect(['203.0.113.1', '203.0.113.2', '203.0.113.3'].map(limit.blocked)).toEqual([false, true, true]);
  });
});
