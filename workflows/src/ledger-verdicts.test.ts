import { expect, it } from 'vitest';
import { createLedgerVerdicts } from './ledger-verdicts.ts';

const at = (seq: number, idx = 0) => ({ epoch: 1, seq, idx });
const never = new AbortController().signal;

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
      disposition: seq % 3 === 0 ? ('duplicate' as const) : ('accepted' as const),
    }));
    return Promise.resolve(rows);
  };
  return { state, read };
}

it('asks for all who wait in one statement', async () => {
  const { state, read } = ledger(100);
  const isDuplicate = createLedgerVerdicts(read, never);
  expect(await Promise.all([3, 4, 6, 6].map((seq) => isDuplicate(at(seq))))).toEqual([true, false, true, true]);
  expect(state.asked).toEqual([[3, 4, 6]]);
});

it('asks again for what ingest has not come to, and answers then', async () => {
  const { state, read } = ledger(4);
  const isDuplicate = createLedgerVerdicts(read, never);
  const late = isDuplicate(at(9));
  expect(await isDuplicate(at(3))).toBe(true);
  state.head = 9;
  expect(await late).toBe(true);
  expect(state.asked.length).toBeGreaterThan(1);
});

it('gives up when ingest does not come that far in time', async () => {
  let now = 0;
  const { read } = ledger(4);
  const isDuplicate = createLedgerVerdicts(read, never, () => (now += 3_000));
  await expect(isDuplicate(at(9))).rejects.toThrow('message 9 of EVENTS');
});

it('tells those who wait that ClickHouse is away, and answers those who ask after it came back', async () => {
  const { state, read } = ledger(100);
  const isDuplicate = createLedgerVerdicts(read, never);
  state.broken = true;
  await expect(isDuplicate(at(3))).rejects.toThrow('away');
  state.broken = false;
  expect(await isDuplicate(at(3))).toBe(true);
});

it('does not take one event of an array for another', async () => {
  const read = () =>
    Promise.resolve([
      { ...at(5, 0), disposition: 'duplicate' as const },
      { ...at(5, 1), disposition: 'accepted' as const },
    ]);
  const isDuplicate = createLedgerVerdicts(read, never);
  expect(await Promise.all([isDuplicate(at(5, 0)), isDuplicate(at(5, 1))])).toEqual([true, false]);
});
