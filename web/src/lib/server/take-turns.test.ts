import { expect, it, vi } from 'vitest';
import { Busy, takeTurns } from './take-turns';

function setUp(waitMaxMs = 60_000) {
  const running: { name: string; end: (error?: Error) => void }[] = [];
  const isLong = (name: string) => name.startsWith('long');
  const inTurn = takeTurns({ takesPart: isLong, atOnce: 1, waitingMax: 2, waitMaxMs });
  const ask = (name: string) =>
    inTurn(
      name,
      () =>
        new Promise<string>((resolve, reject) => {
          running.push({ name, end: (error) => (error === undefined ? resolve(name) : reject(error)) });
        }),
    );
  return { running, ask, names: () => running.map(({ name }) => name) };
}

it('asks long questions one after the other, also after a failure, and short ones at once', async () => {
  const { running, ask, names } = setUp();
  const [first, second] = [ask('long 1'), ask('long 2')];
  const short = ask('short');
  expect(names()).toEqual(['long 1', 'short']);
  running[1]?.end();
  expect(await short).toBe('short');
  running[0]?.end(new Error('away'));
  await expect(first).rejects.toThrow('away');
  expect(names()).toEqual(['long 1', 'short', 'long 2']);
  running[2]?.end();
  expect(await second).toBe('long 2');
  const third = ask('long 3');
  running[3]?.end();
  expect(await third).toBe('long 3');
});

it('refuses what would wait behind too many', async () => {
  const { ask } = setUp();
  for (const name of ['long 1', 'long 2', 'long 3']) void ask(name);
  await expect(ask('long 4')).rejects.toThrow(Busy);
});

it('refuses what has waited too long, and the turn goes to who still waits', async () => {
  const { running, ask, names } = setUp(20);
  const first = ask('long 1');
  await expect(ask('long 2')).rejects.toThrow(Busy);
  const third = ask('long 3');
  running[0]?.end();
  expect(await first).toBe('long 1');
  await vi.waitFor(() => expect(names()).toEqual(['long 1', 'long 3']));
  running[1]?.end();
  expect(await third).toBe('long 3');
});
