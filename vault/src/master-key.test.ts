import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveKey, masterKeyCheck } from './master-key.ts';

const masterKey = Buffer.alloc(32, 7);

test('gives the same key for the same purpose and another one for another purpose', () => {
  expect(deriveKey(masterKey, 'jetstream')).toEqual(deriveKey(Buffer.from(masterKey), 'jetstream'));
  expect(deriveKey(masterKey, 'jetstream')).toHaveLength(32);
  expect(deriveKey(masterKey, 'jetstream')).not.toEqual(deriveKey(masterKey, 'clickhouse-disk'));
});

test('never changes a derived key between versions: data at rest would be lost', () => {
  expect(deriveKey(masterKey, 'clickhouse-disk').toString('hex')).toMatchInlineSnapshot(
    `"09ea206ff07ff633ee1a5c638184970190a1ff68ca440fc676c6c68de514ca2a"`,
  );
  expect(deriveKey(masterKey, 'jetstream').toString('hex')).toMatchInlineSnapshot(
    `"a2408d611e998c433aa607224851bf229377b492b1a904fc5fd08c6f68c4a19b"`,
  );
  expect(deriveKey(masterKey, 'wrap').toString('hex')).toMatchInlineSnapshot(
    `"0b101eed29842e8bd2aa984e0e755f95d603f8d1ad316ae53b66f4ce8b0386d1"`,
  );
  expect(masterKeyCheck(masterKey)).toMatchInlineSnapshot(`"3oaaMEUVldBYeMGrkVZJuA"`);
});

test('tells master keys apart by their check values', () => {
  expect(masterKeyCheck(masterKey)).toMatch(/^[\w-]{22}$/);
  expect(masterKeyCheck(randomBytes(32))).not.toBe(masterKeyCheck(masterKey));
});

test('refuses a master key that is not 32 bytes', () => {
  expect(() => deriveKey(Buffer.alloc(16), 'wrap')).toThrow('has 32 bytes, this one has 16');
});
