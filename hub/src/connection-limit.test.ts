import { expect, it } from 'vitest';
import { createConnectionLimit } from './connection-limit.ts';

it('refuses the connection too many of an address, until another one has left', () => {
  const limit = createConnectionLimit(2);
  expect([limit.enter('192.0.2.1'), limit.enter('192.0.2.1'), limit.enter('192.0.2.1')]).toEqual([true, true, false]);
  expect(limit.enter('192.0.2.2')).toBe(true);
  limit.leave('192.0.2.1');
  limit.leave('192.0.2.1');
  expect(limit.enter('192.0.2.1')).toBe(true);
});

it('counts a whole IPv6 network as one, and spares loopback', () => {
  const limit = createConnectionLimit(1);
  expect([limit.enter('2001:db8::1'), limit.enter('2001:db8::2')]).toEqual([true, false]);
  expect([limit.enter('127.0.0.1'), limit.enter('127.0.0.1')]).toEqual([true, true]);
});
