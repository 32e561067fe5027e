import { expect, test, vi } from 'vitest';
import { CannotApply } from './cannot-apply.ts';
import { createLanes } from './lanes.ts';

const retryMs = { min: 0, max: 0, heldMax: 0 };
const turns = () => new Promise((resolve) => setImmediate(resolve));

function setUp(limits = { windowMax: 10, heldMax: 3 }) {
  const stop = new AbortController();
  const onHeld = vi.fn();
  const lanes = createLanes({ ...limits, onHeld, stop: stop.signal, retryMs });
  return { lanes, onHeld, stop };
}

/** A task that a test lets go, or fails. */
function gate() {
  let attempts = 0;
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const run = () => {
    attempts += 1;
    return new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  };
  return {
    run,
    attempts: () => attempts,
    pass: () => settle?.resolve(),
    fail: (error: Error) => settle?.reject(error),
  };
}

test('tasks of one lane follow each other, those of two lanes run side by side', async () => {
  const { lanes } = setUp();
  const [a1, a2, b1] = [gate(), gate(), gate()];
  lanes.add('a', a1.run);
  lanes.add('a', a2.run);
  lanes.add('b', b1.run);
  await turns();
  expect([a1, a2, b1].map((task) => task.attempts())).toEqual([1, 0, 1]);
  a1.pass();
  await turns();
  expect(a2.attempts()).toBe(1);
  a2.pass();
  b1.pass();
  await turns();
  expect(lanes.isBusy('a')).toBe(false);
  expect(lanes.state()).toMatchObject({ running: 0, held: 0 });
});

test('a task that cannot be applied holds back its lane, which no longer counts against the window', async () => {
  const { lanes, onHeld } = setUp({ windowMax: 2, heldMax: 3 });
  const [bad, after] = [gate(), gate()];
  lanes.add('a', bad.run);
  lanes.add('a', after.run);
  await turns();
  bad.fail(new CannotApply('no'));
  await turns();
  expect(lanes.state()).toMatchObject({ running: 0, held: 2, lanesHeld: 1 });
  expect(await lanes.room()).toBe(2);
  await vi.waitFor(() => expect(bad.attempts()).toBe(2));
  bad.fail(new CannotApply('no'));
  await vi.waitFor(() => expect(bad.attempts()).toBe(3));
  expect(onHeld).toHaveBeenCalledTimes(1);
  bad.pass();
  await vi.waitFor(() => expect(after.attempts()).toBe(1));
  expect(lanes.state()).toMatchObject({ running: 1, held: 0, lanesHeld: 0 });
});

test('there is no room while too many are held back', async () => {
  const { lanes } = setUp({ windowMax: 5, heldMax: 1 });
  const bad = gate();
  lanes.add('a', bad.run);
  await turns();
  bad.fail(new CannotApply('no'));
  await turns();
  const room = vi.fn();
  void lanes.room().then(room);
  await turns();
  expect(room).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(bad.attempts()).toBe(2));
  bad.pass();
  await vi.waitFor(() => expect(room).toHaveBeenCalled());
});

test('a server that does not answer is asked again, and said', async () => {
  const { lanes, onHeld } = setUp();
  const task = gate();
  lanes.add('a', task.run);
  await turns();
  task.fail(new Error('timeout'));
  await turns();
  expect(lanes.state().failing).toBe('timeout');
  await vi.waitFor(() => expect(task.attempts()).toBe(2));
  task.pass();
  await turns();
  expect(lanes.state().failing).toBeUndefined();
  expect(onHeld).not.toHaveBeenCalled();
});

test('the end of the session ends every lane and whoever waits for room', async () => {
  const { lanes, stop } = setUp({ windowMax: 1, heldMax: 1 });
  const [first, second] = [gate(), gate()];
  lanes.add('a', first.run);
  lanes.add('a', second.run);
  const room = lanes.room();
  stop.abort(new Error('over'));
  await expect(room).rejects.toThrow('over');
  first.pass();
  await lanes.settled();
  expect(second.attempts()).toBe(0);
});
