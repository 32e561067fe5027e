import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFrame, createFrameReader, opcodes } from './server-frames.ts';

function serverFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10);
  header.writeUInt8(0x80 | opcodes.text, 0);
  if (header.length === 2) header.writeUInt8(body.length, 1);
  else if (header.length === 4) {
    header.writeUInt8(126, 1);
    header.writeUInt16BE(body.length, 2);
  } else {
    header.writeUInt8(127, 1);
    header.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([header, body]);
}

function heads(stream: Buffer, cuts: number[]): string[] {
  const found: string[] = [];
  const read = createFrameReader((opcode, head) => found.push(`${opcode}:${head}`));
  let at = 0;
  for (const cut of [...cuts, stream.length]) {
    read(stream.subarray(at, at + cut));
    at += cut;
  }
  return found;
}

describe('createFrameReader', () => {
  it('finds every frame and its beginning, wherever chunks end', () => {
    const length = fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 65_535, 65_536, 70_000));
    fc.assert(
      fc.property(fc.array(length, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 100 })), (lengths, cuts) => {
        const texts = lengths.map((bytes, n) => `${n}${'x'.repeat(bytes)}`);
        const stream = Buffer.concat(texts.map(serverFrame));
        expect(heads(stream, cuts)).toEqual(texts.map((text) => `1:${text.slice(0, 64)}`));
      }),
    );
  });
});

describe('clientFrame', () => {
  it('is masked, as a server demands', () => {
    expect([...clientFrame(opcodes.text, 'ab')]).toEqual([0x81, 0x82, 0, 0, 0, 0, 97, 98]);
    expect(() => clientFrame(opcodes.text, 'x'.repeat(126))).toThrow('126 bytes');
  });
});
