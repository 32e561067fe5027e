import type { Hash } from '@deskwire/clickhouse/events-row';
import { hashText } from '@deskwire/contracts/hash-text';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDeduper, verdictReasons, type Identified } from './dedupe.ts';
import { createIdFilter } from './id-filter.ts';

interface Event {
  key: string;
  idHash: Hash;
  contentHash: Hash;
}

const event = (id: string, content = 'same'): Event => ({
  key: `a\n${id}`,
  idHash: hashText(id),
  contentHash: hashText(content),
});

/** In two groups, as a batch of several chunks has them. */
function groupsOf(events: Event[]): Identified[] {
  const half = Math.ceil(events.length / 2);
  return [events.slice(0, half), events.slice(half)].map((group) => ({
    count: group.length,
    hashes: Int32Array.from(
      group.flatMap(({ idHash, contentHash }) => [idHash.low, idHash.high, contentHash.low, contentHash.high]),
    ),
    isEvent: () => true,
    keyOf: (row) => group[row]?.key ?? '',
  }));
}

/** A deduper over a ledger that the test writes; `looked` counts look-ups. */
function world({ seeded = true, collide = false } = {}) {
  const stored = new Map<string, Hash>();
  const looked: number[] = [];
  const filter = createIdFilter({ sizeBytes: 1 << 20, horizonMs: 1e9, now: () => 0 });
  const deduper = createDeduper(collide ? { add: () => undefined, mayHave: () => true } : filter, (hashes) => {
    looked.push(hashes.length);
    return Promise.resolve(new Map(stored));
  });
  if (seeded) deduper.seeded();
  const judged = async (events: Event[]) => {
    const groups = groupsOf(events);
    const { verdicts, committed } = await deduper.judge(groups);
    const reasons = groups.flatMap(({ count }, group) =>
      Array.from({ length: count }, (_, row) => verdictReasons[verdicts[group]?.[row] ?? 0] ?? ''),
    );
    return { reasons, committed };
  };
  const judge = async (events: Event[]) => (await judged(events)).reasons;
  const store = async (events: Event[]) => {
    const { reasons, committed } = await judged(events);
    events.forEach((one, i) => reasons[i] === '' && stored.set(one.key, one.contentHash));
    committed();
    return reasons;
  };
  return { ...deduper, judge, judged, store, looked };
}

it('accepts ids that were never seen without asking the ledger', async () => {
  const { judge, looked } = world();
  expect(await judge([event('1'), event('2')])).toEqual(['', '']);
  expect(looked).toEqual([]);
});

it('asks the ledger about everything until the filter knows it', async () => {
  const { judge, looked } = world({ seeded: false });
  expect(await judge([event('1'), event('2')])).toEqual(['', '']);
  expect(looked).toEqual([2]);
});

it('finds a copy in the same batch, in a batch on its way, and in the ledger', async () => {
  const { judge, store } = world();
  expect(await judge([event('1'), event('1')])).toEqual(['', 'same-content']);
  expect(await judge([event('1')])).toEqual(['same-content']);
  await store([event('2')]);
  expect(await judge([event('2'), event('2', 'other')])).toEqual(['same-content', 'content-differs']);
});

it('compares a second copy with what the ledger accepted, not with the first copy', async () => {
  const { judge, store } = world();
  await store([event('1', 'accepted')]);
  expect(await judge([event('1', 'other'), event('1', 'other'), event('1', 'accepted')])).toEqual([
    'content-differs',
    'content-differs',
    'same-content',
  ]);
});

it('forgets what was judged and never stored', async () => {
  const { judge, reset } = world();
  await judge([event('1')]);
  reset();
  expect(await judge([event('1')])).toEqual(['']);
});

it('knows what is under way even when it is stored while the ledger is asked', async () => {
  let answer: (known: Map<string, Hash>) => void = () => undefined;
  const deduper = createDeduper(
    { add: () => undefined, mayHave: () => true },
    () => new Promise((resolve) => (answer = resolve)),
  );
  deduper.seeded();
  const first = deduper.judge(groupsOf([event('1')]));
  answer(new Map());
  const { committed } = await first;
  const second = deduper.judge(groupsOf([event('1')]));
  committed();
  answer(new Map()); // The ledger was read before the first copy was in it.
  expect((await second).verdicts[0]).toEqual(Uint8Array.of(1));
});

it('tells ids apart whose hashes are equal', async () => {
  const { store } = world({ collide: true });
  const twin = (id: string): Event => ({ ...event(id), idHash: hashText('twins') });
  expect(await store([twin('1'), twin('2'), twin('1')])).toEqual(['', '', 'same-content']);
});

it('accepts each id exactly once, whatever the batches and the repetitions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 12 }),
      fc.boolean(),
      async (batches, seeded) => {
        const { store } = world({ seeded });
        const accepted: number[] = [];
        for (const batch of batches) {
          const verdicts = await store(batch.map((id) => event(String(id))));
          batch.forEach((id, i) => verdicts[i] === '' && accepted.push(id));
        }
        expect(accepted.sort()).toEqual([...new Set(batches.flat())].sort());
      },
    ),
  );
});
