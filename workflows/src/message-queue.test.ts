import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { StreamMessage } from '@deskwire/streams/reader';
import { expect, test } from 'vitest';
import { createMessageQueue } from './message-queue.ts';

setFlagsFromString('--expose-gc');
const gc: unknown = runInNewContext('gc');
function collectGarbage(): void {
  if (typeof gc !== 'function') throw new Error('no garbage collector to call');
  Reflect.apply(gc, undefined, []);
}

const message = (seq: number): StreamMessage => ({
  ...{ subject: 'events.zendesk', seq, timeUs: seq },
  data: new Uint8Array(1_000),
});

test('hands out in order, says when there is room again, and waits while it is empty', async () => {
  let rooms = 0;
  const queue = createMessageQueue(2_500, () => (rooms += 1), new AbortController().signal);
  const first = queue.take(10);
  for (let seq = 1; seq <= 5; seq += 1) queue.add(message(seq));
  expect(queue.hasRoom()).toBe(false);
  expect((await first).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect([rooms, queue.hasRoom()]).toEqual([1, true]);
  const stop = new AbortController();
  const stopped = createMessageQueue(1, () => undefined, stop.signal).take(1);
  stop.abort(new Error('stopped'));
  await expect(stopped).rejects.toThrow('stopped');
});

test('lets go of what it has handed out while more comes than is taken, as in a backlog', async () => {
  const queue = createMessageQueue(2 ** 20, () => undefined, new AbortController().signal);
  queue.add(message(0));
  const takeOne = async () => {
    const [one] = await queue.take(1);
    if (one === undefined) throw new Error('nothing taken');
    return new WeakRef(one);
  };
  const taken: WeakRef<StreamMessage>[] = [];
  for (let seq = 1; seq <= 100; seq += 1) {
    queue.add(message(seq));
    taken.push(await takeOne());
  }
  // A reference may live until the turn of the event loop in which it was made is over.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(taken.filter((one) => one.deref() !== undefined)).toEqual([]);
});
