import { expect, it } from 'vitest';
import type { GapPositions } from './place-gaps.ts';
import { proveStream, type StreamTip } from './stream-proof.ts';

const at = '2026-11-22T10:00:00.000Z';
const tip = (over: Partial<StreamTip> = {}): StreamTip => ({
  stream: 'EVENTS',
  epoch: 7,
  first_seq: 1,
  last_seq: 10,
  messages: 10,
  rows_announced: 12,
  rows: 12,
  last_ingested_at: '2026-11-22T09:59:59.000Z',
  ...over,
});
const gap = (fromSeq: number, toSeq: number): GapPositions => ({
  stream: 'EVENTS',
  epoch: 7,
  fromSeq,
  toSeq,
  reason: 'deleted',
  detectedAt: at,
});

it('balances when positions, first rows and rows agree, and is current when nothing waits', () => {
  expect(proveStream('EVENTS', [tip()], [], { lastSeq: 10 }, at)).toMatchObject({
    balanced: true,
    missing: 0,
    lagMessages: 0,
    watermark: at,
  });
});

it('keeps the watermark of the last stored message while messages wait', () => {
  expect(proveStream('EVENTS', [tip()], [], { lastSeq: 13 }, at)).toMatchObject({
    lagMessages: 3,
    watermark: '2026-11-22T09:59:59.000Z',
  });
});

it('names positions that have neither a row nor a recorded gap', () => {
  expect(proveStream('EVENTS', [tip({ messages: 7 })], [gap(4, 4)], { lastSeq: 10 }, at)).toMatchObject({
    balanced: false,
    missing: 2,
  });
});

it('counts a recorded gap before, inside and after the rows as known', () => {
  const proof = proveStream(
    'EVENTS',
    [tip({ first_seq: 4, messages: 5 })],
    [gap(1, 3), gap(6, 7), gap(11, 20)],
    { lastSeq: 20 },
    at,
  );
  expect(proof).toMatchObject({ balanced: true, missing: 0, committedSeq: 20, lagMessages: 0 });
});

it('does not balance when a message announced more rows than are there', () => {
  expect(proveStream('EVENTS', [tip({ rows: 11 })], [], { lastSeq: 10 }, at)).toMatchObject({
    balanced: false,
    missing: 0,
  });
});

it('does not know what waits when NATS does not answer', () => {
  expect(proveStream('EVENTS', [tip()], [], null, at)).toMatchObject({ headSeq: null, lagMessages: null });
});

it('does not claim to be current when the stream ends before the ledger: it was made again', () => {
  expect(proveStream('EVENTS', [tip()], [], { lastSeq: 3 }, at)).toMatchObject({
    lagMessages: null,
    watermark: '2026-11-22T09:59:59.000Z',
  });
});

it('says that everything waits while nothing is stored', () => {
  expect(proveStream('EVENTS', [], [], { lastSeq: 3 }, at)).toMatchObject({
    lagMessages: 3,
    watermark: null,
    balanced: true,
  });
  expect(proveStream('EVENTS', [], [], { lastSeq: 0 }, at)).toMatchObject({ lagMessages: 0, watermark: at });
});

it('says when a stream was made again, which one that lost its end was not', () => {
  const epoch = Date.parse(at) * 1_000;
  const madeAgainAt = (second: Partial<StreamTip>, gaps: GapPositions[] = []) =>
    proveStream('TICKETS', [tip(), tip({ epoch, ...second })], gaps, { lastSeq: 10 }, at).madeAgainAt;
  expect(madeAgainAt({ first_seq: 1 })).toBe(at);
  expect(madeAgainAt({ first_seq: 4, messages: 7 }, [{ ...gap(1, 3), epoch }])).toBe(at);
  expect(madeAgainAt({ first_seq: 4, messages: 7 })).toBeUndefined();
  expect(proveStream('TICKETS', [tip()], [], { lastSeq: 10 }, at).madeAgainAt).toBeUndefined();
});
