import { expect, test } from 'vitest';
import { epochAt, epochsOf, lastHeld, nextAfter } from './epochs.ts';

const tip = (epoch: number, first_seq: number) => ({ epoch, first_seq });

test('a stream made again has one epoch, one that lost its end has the epoch before up to there', () => {
  expect(epochsOf([tip(1, 1), tip(2, 1)], [])).toEqual([{ epoch: 2, fromSeq: 1 }]);
  const lost = epochsOf([tip(1, 1), tip(2, 900)], []);
  expect(lost).toEqual([
    { epoch: 2, fromSeq: 900 },
    { epoch: 1, fromSeq: 1 },
  ]);
  expect([899, 900].map((seq) => epochAt(lost, seq))).toEqual([1, 2]);
});

test('a recorded gap belongs to its epoch, and an epoch whose messages are all gone to none', () => {
  expect(epochsOf([tip(1, 1), tip(2, 5)], [{ epoch: 2, fromSeq: 1 }])).toEqual([{ epoch: 2, fromSeq: 1 }]);
  expect(epochsOf([tip(1, 1), tip(2, 700), tip(3, 600)], [])).toEqual([
    { epoch: 3, fromSeq: 600 },
    { epoch: 1, fromSeq: 1 },
  ]);
});

test('the desk reads on behind its floor, where its epoch ended, or from the first position', () => {
  const ranges = epochsOf([tip(1, 1), tip(2, 900)], []);
  expect(nextAfter(ranges, { epoch: 2, seq: 950 })).toBe(951);
  expect(nextAfter(ranges, { epoch: 1, seq: 500 })).toBe(501);
  expect(nextAfter(ranges, { epoch: 1, seq: 1_000 })).toBe(900);
  expect(nextAfter(ranges, { epoch: 0, seq: 5 })).toBe(1);
  expect(nextAfter(ranges, undefined)).toBe(1);
});

test('the oldest epoch begins at the first position, also where its first rows are lost', () => {
  expect(epochsOf([tip(1, 501), tip(2, 900)], []).at(-1)).toEqual({ epoch: 1, fromSeq: 1 });
  expect(nextAfter(epochsOf([tip(1, 501)], []), undefined)).toBe(1);
});

test('a stream holds messages of an epoch up to where the next one that it holds begins, and none of one that another replaced', () => {
  const ranges = epochsOf([tip(1, 1), tip(2, 700), tip(3, 600)], []);
  expect([3, 2, 1].map((epoch) => lastHeld(ranges, epoch))).toEqual([Infinity, 0, 599]);
  expect(lastHeld(epochsOf([tip(1, 1), tip(2, 1)], []), 1)).toBe(0);
});
