import { expect, it } from 'vitest';
import { createTurns } from './turns';

/** Work that writes its name, and a browser that is done with its own when it is told. */
function setUp() {
  const soon: (() => void)[] = [];
  const did: string[] = [];
  const turns = createTurns((run) => soon.push(run));
  return {
    ...{ turns, did },
    add: (name: string) => turns.add(() => void did.push(name)),
    pass: () => soon.shift()?.(),
  };
}

it('does one piece of work at a time, in the order in which they came', () => {
  const { add, pass, did } = setUp();
  add('tile');
  add('chart');
  expect(did).toEqual([]);
  pass();
  expect(did).toEqual(['tile']);
  pass();
  expect(did).toEqual(['tile', 'chart']);
});

it('does what is wanted now before its turn, and not again', () => {
  const { add, pass, did } = setUp();
  add('tile');
  const chart = add('chart');
  chart.take();
  expect(did).toEqual(['chart']);
  pass();
  pass();
  expect(did).toEqual(['chart', 'tile']);
});

it('does not do what was dropped', () => {
  const { add, pass, did } = setUp();
  const tile = add('tile');
  add('chart');
  tile.drop();
  tile.take();
  pass();
  expect(did).toEqual(['chart']);
});

it('goes on after work that failed', () => {
  const { turns, add, pass, did } = setUp();
  turns.add(() => {
    throw new Error('broken');
  });
  add('chart');
  expect(pass).toThrow('broken');
  pass();
  expect(did).toEqual(['chart']);
});

it('says when nothing waits any more, also for what work brought with it', async () => {
  const { turns, add, pass, did } = setUp();
  await turns.done();
  turns.add(() => void add('line'));
  const done = turns.done().then(() => did.push('done'));
  pass();
  await Promise.resolve();
  expect(did).toEqual([]);
  pass();
  await done;
  expect(did).toEqual(['line', 'done']);
});
