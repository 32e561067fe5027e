import { expect, it } from 'vitest';
import { createKnownTeams } from './known-teams.ts';

function setUp() {
  const asked: { answer: (teams: string[]) => void; fail: (error: Error) => void }[] = [];
  const isKnown = createKnownTeams(
    () => new Promise((resolve, reject) => void asked.push({ answer: resolve, fail: reject })),
  );
  return { asked, isKnown };
}

it('asks once about a team that it knows, and for every question about one that it does not', async () => {
  const { asked, isKnown } = setUp();
  const [billing, nobody] = [isKnown('billing'), isKnown('nobody')];
  expect(asked).toHaveLength(1);
  asked[0]?.answer(['billing']);
  expect(await billing).toBe(true);
  // It was asked while the first question was under way: a team may have been new meanwhile.
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.answer(['billing', 'sales']);
  expect([await nobody, await isKnown('sales'), asked.length]).toEqual([false, true, 2]);
});

it('asks one thing at a time for however many', async () => {
  const { asked, isKnown } = setUp();
  const first = isKnown('first');
  const others = Array.from({ length: 100 }, (_, n) => isKnown(`t${n}`));
  asked[0]?.answer([]);
  await first;
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.answer(['t7']);
  expect((await Promise.all(others)).filter(Boolean)).toHaveLength(1);
  expect(asked).toHaveLength(2);
});

it('says that it could not ask, and asks again', async () => {
  const { asked, isKnown } = setUp();
  const [failing, next] = [isKnown('billing'), isKnown('billing')];
  asked[0]?.fail(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.answer(['billing']);
  expect(await next).toBe(true);
});
