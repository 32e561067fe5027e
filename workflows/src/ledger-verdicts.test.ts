import { expect, it } from 'vitest';
import { createLedgerVerdicts } from './ledger-verdicts.ts';

const at = (seq: number, idx = 0) => ({ epoch: 1, seq, idx });
const never = new AbortController().signal;
const copy = 'duplicate';
const accepted = { disposition: 'accepted', reason: '' } as const;

/** A ledger that has come up to message `head`; every third message is a duplicate. */
function ledger(head: number) {
  const asked: number[][] = [];
  const state = { head, asked, broken: false };
  const read = ({ seqs }: { seqs: number[] }) => {
    asked.push(seqs);
    if (state.broken) return Promise.reject(new Error('ClickHouse is away'));
    const known = seqs.filter((seq) => seq <= state.head);
    const rows = known.map((seq) => ({
      ...at(seq),
      ...(seq % 3 === 0 ? ({ disposition: 'duplicate', reason: 'same-content' } as const) : accepted),
    }));
    return Promise.resolve(rows);
  };
  return { state, read };
}

it('asks for all who wait in one statement', async () => {
  const { state, read } = ledger(100);
  const verdictOf = createLedgerVerdicts(read, never);
  expect(await Promise.all([3, 4, 6, 6].map((seq) => verdictOf(at(seq))))).toEqual([copy, undefined, copy, copy]);
  expect(state.asked).toEqual([[3, 4, 6]]);
});

it('asks again for what ingest has not come to, and answers then', async () => {
  const { state, read } = ledger(4);
  const verdictOf = createLedgerVerdicts(read, never);
  const late = verdictOf(at(9));
  expect(await verdictOf(at(3))).toBe(copy);
  state.head = 9;
  expect(await late).toBe(copy);
  expect(state.asked.length).toBeGreaterThan(1);
});

it('gives up when ingest does not come that far in time', async () => {
  let now = 0;
  const { read } = ledger(4);
  const verdictOf = createLedgerVerdicts(read, never, () => (now += 3_000));
  await expect(verdictOf(at(9))).rejects.toThrow('message 9 of EVENTS');
});

it('tells those who wait that ClickHouse is away, and answers those who ask after it came back', async () => {
  const { state, read } = ledger(100);
  const verdictOf = createLedgerVerdicts(read, never);
  state.broken = true;
  await expect(verdictOf(at(3))).rejects.toThrow('away');
  state.broken = false;
  expect(await verdictOf(at(3))).toBe(copy);
});

it('does not take one event of an array for another, and says whether a duplicate differs', async () => {
  const duplicate = (idx: number, reason: string) => ({ ...at(5, idx), disposition: 'duplicate' as const, reason });
  const read = () =>
    Promise.resolve([duplicate(0, 'same-content'), { ...at(5, 1), ...accepted }, duplicate(2, 'content-differs')]);
  const verdictOf = createLedgerVerdicts(read, never);
  const verdicts = await Promise.all([0, 1, 2].map((idx) => verdictOf(at(5, idx))));
  expect(verdicts).toEqual([copy, undefined, 'content-differs']);
});
