import { expect, it } from 'vitest';
import { RowBinaryWriter } from './row-binary.ts';

const written = (write: (writer: RowBinaryWriter) => void) => {
  const writer = new RowBinaryWriter(4);
  write(writer);
  return writer.bytes().toString('hex');
};

it('writes integers little-endian', () => {
  expect(written((w) => w.uint8(255))).toBe('ff');
  expect(written((w) => w.uint32(1))).toBe('01000000');
  expect(written((w) => w.uint64(2 ** 40 + 2))).toBe('0200000000010000');
  expect(written((w) => w.int64(-1))).toBe('ffffffffffffffff');
  expect(written((w) => w.int64(-5_000_000_000))).toBe(
    Buffer.from(new BigInt64Array([-5_000_000_000n]).buffer).toString('hex'),
  );
  expect(written((w) => w.halves(0x89abcdef, 0x01234567))).toBe('efcdab8967452301');
});

it.each([
  '',
  'a',
  'é',
  '日本語',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(200),
  `${'x'.repeat(70)}😀`,
  'é'.repeat(40),
  '\ud800',
])('writes a string with its length in bytes: %j', (text) => {
  const bytes = Buffer.from(text, 'utf8');
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  expect(written((w) => w.string(text))).toBe(Buffer.concat([Buffer.from(length), bytes]).toString('hex'));
});

it('grows without losing what was written', () => {
  expect(written((w) => Array.from({ length: 100 }, (_, i) => w.uint8(i)))).toBe(
    Buffer.from(Array.from({ length: 100 }, (_, i) => i)).toString('hex'),
  );
});
