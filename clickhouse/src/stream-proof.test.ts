import { expect, it } from 'vitest';
import type { FlowGap } from '@deskwire/contracts/flow';
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
const gap = (fromSeq: number, toSeq: number): FlowGap => ({
  stream: 'EVENTS',
  epoch: 7,
  fromSeq,
  toSeq,
  reason: 'deleted',
  detectedAt: at,
});

it('balances when positions, first rows and rows agree, and is current when nothing waits', () => {
  expect(proveStream([tip()], [], { lastSeq: 10 }, at)).toMatchObject({
    balanced: true,
    missing: 0,
    lagMessages: 0,
    watermark: at,
  });
});

it('keeps the watermark of the last stored message while messages wait', () => {
  expect(proveStream([tip()], [], { lastSeq: 13 }, at)).toMatchObject({
    lagMessages: 3,
    watermark: '2026-11-22T09:59:59.000Z',
  });
});

it('names positions that have neither a row nor a recorded gap', () => {
  expect(proveStream([tip({ messages: 7 })], [gap(4, 4)], { lastSeq: 10 }, at)).toMatchObject({
    balanced: false,
    missing: 2,
  });
});

it('counts a recorded gap before, inside and after the rows as known', () => {
  const proof = proveStream(
    [tip({ first_seq: 4, messages: 5 })],
    [gap(1, 3), gap(6, 7), gap(11, 20)],
    { lastSeq: 20 },
    at,
  );
  expect(proof).toMatchObject({ balanced: true, missing: 0, committedSeq: 20, lagMessages: 0 });
});

it('does not balance when a message announced more rows than are there', () => {
  expect(proveStream([tip({ rows: 11 })], [], { lastSeq: 10 }, at)).toMatchObject({ balanced: false, missing: 0 });
});

it('does not know what waits when NATS does not answer', () => {
  expect(proveStream([tip()], [], null, at)).toMatchObject({ headSeq: null, lagMessages: null });
});
