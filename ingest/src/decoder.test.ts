import { Worker } from 'node:worker_threads';
import type { StreamMessage } from '@deskwire/streams/reader';
import { afterAll, expect, it } from 'vitest';
import { createDecoder, type Decoder } from './decoder.ts';
import { packMessages, unpackMessages } from './packed-messages.ts';

const message = (seq: number, text: string): StreamMessage => ({
  ...{ subject: `events.a.${seq}`, seq, timeUs: 1.7e15 + seq },
  data: Buffer.from(text),
});

/** A thread that answers how many messages came, or ends when the first body is `end`. */
const thread = () =>
  new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ bytes, subjects }) => {
       if (Buffer.from(bytes).toString() === 'end') throw new Error('no more');
       parentPort.postMessage({ count: subjects.length });
     });`,
    { eval: true },
  );

const decoders: Decoder[] = [];
function made(): Decoder {
  const decoder = createDecoder(thread);
  decoders.push(decoder);
  return decoder;
}
afterAll(() => Promise.all(decoders.map((decoder) => decoder.close())));

it('answers in the order of the calls', async () => {
  const { decode } = made();
  const drafts = await Promise.all([1, 2, 3].map((n) => decode(Array.from({ length: n }, () => message(n, 'x')))));
  expect(drafts.map(({ count }) => count)).toEqual([1, 2, 3]);
});

it('refuses everything that waits when its thread ends, and starts another one for what comes next', async () => {
  const { decode } = made();
  const waiting = [decode([message(1, 'end')]), decode([message(2, 'x')])];
  for (const one of waiting) await expect(one).rejects.toThrow('thread');
  expect(await decode([message(3, 'x')])).toMatchObject({ count: 1 });
});

it('brings messages over as they were', () => {
  const messages = [message(1, 'one'), message(2, ''), message(2 ** 50, 'drei')];
  const back = unpackMessages(packMessages(messages));
  expect(back.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data) }))).toEqual(messages);
});
