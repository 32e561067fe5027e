import { expect, it } from 'vitest';
import { clientAddress } from './client-address';

const through = (getClientAddress: () => string, remoteAddress: string | undefined) =>
  // Of a request only that is asked.
  clientAddress({ getClientAddress, platform: { req: { socket: { remoteAddress } } } } as never);
const absent = () => {
  throw new Error('Address header was specified but is absent from request');
};

it('is what the proxy names, and that of the socket for who comes without it', () => {
  expect(through(() => '203.0.113.7', '10.0.0.1')).toBe('203.0.113.7');
  expect(through(absent, '10.0.0.1')).toBe('10.0.0.1');
  expect(through(absent, undefined)).toBe('');
});
