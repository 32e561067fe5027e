import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { openIndexes } from './indexes.ts';
import { deriveKey } from './master-key.ts';

test('gives content a hash that only who has the master key can make: 64 bits of an HMAC-SHA256', () => {
  const masterKey = Buffer.alloc(32, 7);
  const { contentHash } = openIndexes(masterKey);
  const digest = createHmac('sha256', deriveKey(masterKey, 'content-hash')).update('{"name":"Ada"}').digest();
  expect(contentHash('{"name":"Ada"}')).toEqual({ low: digest.readInt32LE(0), high: digest.readInt32LE(4) });
  expect(contentHash('{"name":"Bob"}')).not.toEqual(contentHash('{"name":"Ada"}'));
  expect(openIndexes(Buffer.alloc(32, 8)).contentHash('{"name":"Ada"}')).not.toEqual(contentHash('{"name":"Ada"}'));
});
