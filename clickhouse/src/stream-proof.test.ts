import { expect, it } from 'vitest';
import type { GapPositions } from './place-gaps.ts';
import { proveStream } from './stream-proof.ts';
import type { StreamTip } from './stream-tips.ts';

const at = '2026-11-22T10:00:00.000Z';
const sumOf = (seqs: readonly number[]) => seqs.reduce((sum, seq) => sum + BigInt(seq), 0n);
const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, i) => from + i);
/** Of these positions, a row each. */
const tip = (over: Partial<StreamTip> = {}, seqs = upTo(10)): StreamTip => ({
  ...{ stream: 'EVENTS', epoch: 7, first_at_us: null },
  ...{ first_seq: seqs[0] ?? 0, last_seq: seqs.at(-1) ?? 0, messages: seqs.length, seq_sum: sumOf(seqs) },
  ...{ rows_announced: seqs.length, rows: seqs.length, last_ingested_at: '2026-11-22T09:59:59.000Z' },
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
  const left = tip({}, [1, 2, 3, 6, 8, 9, 10]);
  expect(proveStream('EVENTS', [left], [gap(4, 4)], { lastSeq: 10 }, at)).toMatchObject({
    balanced: false,
    missing: 2,
  });
});

it('counts a recorded gap before, inside and after the rows as known', () => {
  const proof = proveStream(
    'EVENTS',
    [tip({}, [4, 5, 8, 9, 10])],
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
  const madeAgainAt = (from: number, gaps: GapPositions[] = [], first_at_us: number | null = epoch) =>
    proveStream('TICKETS', [tip(), tip({ epoch, first_at_us }, upTo(10, from))], gaps, { lastSeq: 10 }, at).madeAgainAt;
  expect(madeAgainAt(1, [], null)).toBe(at);
  expect(madeAgainAt(4, [{ ...gap(1, 3), epoch }])).toBe(at);
  expect(madeAgainAt(4)).toBeUndefined();
  // Where it began is not known.
  expect(madeAgainAt(4, [], epoch + 1)).toBeUndefined();
  expect(proveStream('TICKETS', [tip()], [], { lastSeq: 10 }, at).madeAgainAt).toBeUndefined();
});

it('misses the first part of an epoch: the oldest begins at position 1, a later one with the message that it is named by', () => {
  const proof = (tips: StreamTip[], gaps: GapPositions[] = []) =>
    proveStream('EVENTS', tips, gaps, { lastSeq: 10 }, at);
  const whole = { balanced: true, missing: 0 };
  expect(proof([tip({}, upTo(10, 6))])).toMatchObject({ balanced: false, missing: 5 });
  expect(proof([tip({}, upTo(10, 6))], [gap(1, 2)])).toMatchObject({ balanced: false, missing: 3 });
  const second = (first_at_us: number, from: number) => tip({ epoch: 900, first_at_us }, upTo(10, from));
  const gone = (from: number, to: number, reason: GapPositions['reason']) => ({ ...gap(from, to), epoch: 900, reason });
  expect(proof([tip(), second(900, 4)])).toMatchObject(whole);
  // After a clock that went back.
  expect(proof([tip(), second(600, 4)])).toMatchObject(whole);
  // As much as can be, as nobody knows how much it is.
  expect(proof([tip(), second(901, 6)])).toMatchObject({ balanced: false, missing: 5 });
  expect(proof([tip(), second(900, 6)], [gone(4, 5, 'retention')])).toMatchObject(whole);
  expect(proof([tip(), second(901, 8)], [gone(4, 5, 'retention')])).toMatchObject({ balanced: false, missing: 2 });
  expect(proof([tip(), second(901, 8)], [gone(6, 7, 'deleted')])).toMatchObject({ balanced: false, missing: 5 });
  expect(proof([tip(), second(901, 8)], [gone(4, 5, 'retention'), gone(6, 7, 'lost')])).toMatchObject(whole);
});

it('says nothing of a gap that was recorded before the rows between, as a batch that was never stored leaves it', () => {
  const proof = proveStream('EVENTS', [tip()], [gap(12, 14), gap(15, 19)], { lastSeq: 20 }, at);
  expect(proof).toMatchObject({ committedSeq: 10, lagMessages: 10, balanced: true, missing: 0 });
  const chain = proveStream('EVENTS', [tip()], [gap(11, 14), gap(15, 19)], { lastSeq: 20 }, at);
  expect(chain).toMatchObject({ committedSeq: 19, lagMessages: 1, balanced: true });
});

it('does not balance when one position is there twice and another one is not, also where sums go beyond 64 bits', () => {
  const odd = tip({}, [1, 2, 3, 4, 5, 6, 6, 8, 9, 10]);
  expect(proveStream('EVENTS', [odd], [], { lastSeq: 10 }, at)).toMatchObject({ balanced: false, missing: 0 });
  const seqs = 10_000_000_000;
  const sum = (BigInt(seqs) * BigInt(seqs + 1)) / 2n;
  expect(sum).toBeGreaterThan(2n ** 64n);
  const far = (seq_sum: bigint) => tip({ last_seq: seqs, messages: seqs, seq_sum: BigInt.asUintN(64, seq_sum) });
  expect(proveStream('EVENTS', [far(sum)], [], { lastSeq: seqs }, at).balanced).toBe(true);
  expect(proveStream('EVENTS', [far(sum - 1n)], [], { lastSeq: seqs }, at).balanced).toBe(false);
});
