import { expect, it } from 'vitest';
import { findPosition, type LedgerView, type StreamView } from './position.ts';

const created = '2026-11-22T10:00:00.000001Z';
const createdUs = Date.parse('2026-11-22T10:00:00Z') * 1000 + 1;
const timeAt = (second: number) => `2026-11-22T10:00:${String(second).padStart(2, '0')}.5Z`;
const usAt = (second: number) => Date.parse(timeAt(second)) * 1000;

/** A ledger of positions 1..last, stored at those seconds. */
function ledger(
  last: number,
  over: { committedSeq?: number; createdUs?: number; overEpoch?: number } = {},
): LedgerView {
  const { committedSeq = last, overEpoch = 0 } = over;
  return {
    end: last === 0 ? undefined : { tip: { epoch: 9, seq: last }, committedSeq, overEpoch },
    marks: (seq, limit) =>
      Promise.resolve(
        Array.from({ length: Math.min(seq, last) }, (_, i) => Math.min(seq, last) - i)
          .slice(0, limit)
          .map((at) => ({ seq: at, ingestedAtUs: usAt(at), streamCreatedUs: over.createdUs ?? createdUs })),
      ),
  };
}

/** A stream whose message at position n came at second `times[n]`. */
function stream(times: Map<number, number>, over: Partial<StreamView> = {}): StreamView {
  const seqs = [...times.keys()];
  return {
    created,
    firstSeq: Math.min(...seqs),
    lastSeq: Math.max(0, ...seqs),
    timeOf: (seq) => {
      const second = times.get(seq);
      return Promise.resolve(second === undefined ? undefined : timeAt(second));
    },
    ...over,
  };
}
const plain = (from: number, to: number, shift = 0) =>
  new Map(Array.from({ length: to - from + 1 }, (_, i) => [from + i, from + i + shift] as const));

it('begins the first epoch at position 1, so that what was lost before shows as a gap', async () => {
  expect(await findPosition(ledger(0), stream(plain(5, 9)))).toEqual({
    kind: 'begins',
    streamCreatedUs: createdUs,
    tip: { epoch: 0, seq: 0 },
    nextSeq: 1,
    epochsUpTo: 0,
  });
});

it('continues behind the last stored position', async () => {
  expect(await findPosition(ledger(5), stream(plain(1, 9)))).toMatchObject({ kind: 'continues', epoch: 9, nextSeq: 6 });
});

it('continues behind a gap recorded at the end', async () => {
  expect(await findPosition(ledger(5, { committedSeq: 8 }), stream(plain(9, 12)))).toMatchObject({
    kind: 'continues',
    nextSeq: 9,
    tip: { seq: 5 },
  });
});

it('continues when the last stored message is gone but an older one agrees', async () => {
  const times = plain(1, 9);
  times.delete(5);
  expect(await findPosition(ledger(5), stream(times))).toMatchObject({ kind: 'continues', nextSeq: 6 });
});

it('begins anew when the stream was made again, even at the same positions', async () => {
  expect(await findPosition(ledger(5, { createdUs: createdUs - 1 }), stream(plain(1, 9, 20)))).toMatchObject({
    kind: 'begins',
    nextSeq: 1,
    tip: { epoch: 9, seq: 5 },
  });
});

it('continues when only the creation time is another one: nats-server 2.9 changes it on a restart', async () => {
  expect(await findPosition(ledger(5, { createdUs: createdUs - 1 }), stream(plain(1, 9)))).toMatchObject({
    kind: 'continues',
    streamCreatedUs: createdUs,
    nextSeq: 6,
  });
});

it('continues when everything stored has expired and the stream lies behind it, whatever its creation time', async () => {
  const recreated = ledger(20, { createdUs: createdUs - 1 });
  for (const [from, to] of [
    [30, 31],
    [21, 21],
  ] as const)
    expect(await findPosition(recreated, stream(plain(from, to)))).toMatchObject({ kind: 'continues', nextSeq: 21 });
  const empty = stream(new Map(), { firstSeq: 21, lastSeq: 20 });
  expect(await findPosition(recreated, empty)).toMatchObject({ kind: 'continues', nextSeq: 21 });
});

it('lets the creation time decide when no message can be compared and some lie where the ledger has others', async () => {
  // Of the sixteen that are compared none is left.
  const torn = stream(new Map([...plain(1, 2), ...plain(30, 31)]));
  expect(await findPosition(ledger(20), torn)).toMatchObject({ kind: 'continues', nextSeq: 21 });
  expect(await findPosition(ledger(20, { createdUs: createdUs - 1 }), torn)).toMatchObject({ kind: 'begins' });
});

it('begins anew at the first message that differs when the stream lost its end and reused positions', async () => {
  const times = new Map([...plain(1, 3), ...plain(4, 9, 20)]);
  expect(await findPosition(ledger(6), stream(times))).toMatchObject({ kind: 'begins', nextSeq: 4 });
});

it('begins anew behind what is left when the stream is shorter than the ledger', async () => {
  expect(await findPosition(ledger(6), stream(plain(1, 4)))).toMatchObject({ kind: 'begins', nextSeq: 5 });
  expect(await findPosition(ledger(6), stream(new Map(), { firstSeq: 1, lastSeq: 0 }))).toMatchObject({
    kind: 'begins',
    nextSeq: 1,
  });
});

it('begins anew where rows were withdrawn, above every epoch that there was, until the new one has rows', async () => {
  const same = stream(plain(1, 9));
  expect(await findPosition(ledger(5, { overEpoch: 12 }), same)).toMatchObject({
    ...{ kind: 'begins', nextSeq: 6, tip: { epoch: 9, seq: 5 }, epochsUpTo: 12 },
  });
  expect(await findPosition(ledger(5, { overEpoch: 9 }), same)).toMatchObject({ kind: 'begins', epochsUpTo: 9 });
  expect(await findPosition(ledger(5, { overEpoch: 8 }), same)).toMatchObject({ kind: 'continues', epoch: 9 });
});
