import type { StreamMessage } from '@deskwire/streams/reader';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createChunker, monthEndOf } from './chunker.ts';

const startUs = Date.UTC(2026, 10, 22) * 1_000;
const message = (seq: number, { sizeBytes = 10, timeUs = startUs + seq } = {}): StreamMessage => ({
  ...{ subject: 'events.a.b', seq, timeUs },
  data: Buffer.alloc(sizeBytes),
});

function cut(messages: StreamMessage[], limits = { messagesMax: 100, bytesMax: 1_000 }, nextSeq = 1) {
  const chunker = createChunker(nextSeq, limits);
  return [...messages.map(chunker.add), chunker.flush()].filter((chunk) => chunk !== undefined);
}

it('closes a chunk at the end of a month of the stream, so that no insert is two parts', () => {
  const last = Date.UTC(2026, 10, 30, 23, 59, 59, 999) * 1_000;
  const chunks = cut([message(1, { timeUs: last }), message(2, { timeUs: last + 1_000 })]);
  expect(chunks.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

it('says which positions the stream no longer had', () => {
  const [chunk] = cut([message(6), message(7), message(9)], undefined, 4);
  expect(chunk?.missing).toEqual([
    { fromSeq: 4, toSeq: 5 },
    { fromSeq: 8, toSeq: 8 },
  ]);
});

it('keeps every message once, in order, within its limits', () => {
  const sizes = fc.array(fc.record({ sizeBytes: fc.integer({ min: 0, max: 1_500 }), stepUs: fc.nat(1e12) }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5 }), (of, messagesMax) => {
      let timeUs = startUs;
      const messages = of.map(({ sizeBytes, stepUs }, i) => message(i + 1, { sizeBytes, timeUs: (timeUs += stepUs) }));
      const chunks = cut(messages, { messagesMax, bytesMax: 1_000 });
      expect(chunks.flatMap((chunk) => chunk.messages)).toEqual(messages);
      for (const chunk of chunks) {
        expect(chunk.messages.length).toBeLessThanOrEqual(messagesMax);
        expect(chunk.messages.length === 1 || chunk.sizeBytes <= 1_000).toBe(true);
        expect(chunk.lastTimeUs).toBeLessThan(monthEndOf(chunk.firstTimeUs));
      }
    }),
  );
});
