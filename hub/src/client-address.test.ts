import { expect, it } from 'vitest';
import { createClientAddress } from './client-address.ts';

const headers = { 'x-forwarded-for': '1.1.1.1, 203.0.113.7, 10.0.0.2', 'x-real-ip': '203.0.113.9' };

it('is the peer, whatever headers say, where none was named', () => {
  expect(createClientAddress({ header: undefined, depth: 1 })(headers, '10.0.0.1')).toBe('10.0.0.1');
});

it('is what the outermost of our own proxies has seen: what a client wrote itself stands before it', () => {
  const at = (depth: number) => createClientAddress({ header: 'X-Forwarded-For', depth })(headers, '10.0.0.1');
  expect([at(1), at(2)]).toEqual(['10.0.0.2', '203.0.113.7']);
  expect(createClientAddress({ header: 'x-real-ip', depth: 1 })(headers, '10.0.0.1')).toBe('203.0.113.9');
});

it('is the peer where the proxy said nothing, or less than it should', () => {
  expect(createClientAddress({ header: 'x-forwarded-for', depth: 1 })({}, '10.0.0.1')).toBe('10.0.0.1');
  expect(createClientAddress({ header: 'x-forwarded-for', depth: 4 })(headers, '10.0.0.1')).toBe('10.0.0.1');
  expect(createClientAddress({ header: 'x-real-ip', depth: 1 })({ 'x-real-ip': ' ' }, '10.0.0.1')).toBe('10.0.0.1');
});
