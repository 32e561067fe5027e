import type { Hash } from '@deskwire/clickhouse/events-row';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDeduper, type Identified } from './dedupe.ts';
import { hashText } from './hash.ts';
import { createIdFilter } from './id-filter.ts';

const event = (id: string, content = 'same'): Identified => ({
  key: `a\n${id}`,
  idHash: hashText(id),
  contentHash: hashText(content),
});

/** A deduper over a ledger that the test writes; `asked` counts look-ups. */
function world({ seeded = true, collide = false } = {}) {
  const stored = new Map<string, Hash>();
  const looked: number[] = [];
  const filter = createIdFilter({ sizeBytes: 1 << 20, horizonMs: 1e9, now: () => 0 });
  const deduper = createDeduper(collide ? { add: () => undefined, mayHave: () => true } : filter, (hashes) => {
    looked.push(hashes.length);
    return Promise.resolve(new Map(stored));
  });
  if (seeded) deduper.seeded();
  const judge = async (events: Identified[]) =>
    (await deduper.judge(events)).map((verdict) => (verdict.disposition === 'accepted' ? 'accepted' : verdict.reason));
  const store = async (events: Identified[]) => {
    const verdicts = await deduper.judge(events);
    events.forEach((one, i) => {
      if (verdicts[i]?.disposition === 'accepted') stored.set(one.key, one.contentHash);
    });
    deduper.committed(events);
    return verdicts.map(({ disposition }) => disposition);
  };
  return { ...deduper, judge, store, looked };
}

it('accepts ids that were never seen without asking the ledger', async () => {
  const { judge, looked } = world();
  expect(await judge([event('1'), event('2')])).toEqual(['accepted', 'accepted']);
  expect(looked).toEqual([]);
});

it('asks the ledger about everything until the filter knows it', async () => {
  const { judge, looked } = world({ seeded: false });
  expect(await judge([event('1'), event('2')])).toEqual(['accepted', 'accepted']);
  expect(looked).toEqual([2]);
});

it('finds a copy in the same batch, in a batch on its way, and in the ledger', async () => {
  const { judge, store } = world();
  expect(await judge([event('1'), event('1')])).toEqual(['accepted', 'same-content']);
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
  expect(await judge([event('1')])).toEqual(['accepted']);
});

it('tells ids apart whose hashes are equal', async () => {
  const { store } = world({ collide: true });
  const twin = (id: string): Identified => ({ ...event(id), idHash: hashText('twins') });
  expect(await store([twin('1'), twin('2'), twin('1')])).toEqual(['accepted', 'accepted', 'duplicate']);
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
          batch.forEach((id, i) => verdicts[i] === 'accepted' && accepted.push(id));
        }
        expect(accepted.sort()).toEqual([...new Set(batches.flat())].sort());
      },
    ),
  );
});
