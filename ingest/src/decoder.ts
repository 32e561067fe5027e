import type { Worker } from 'node:worker_threads';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { Draft } from './draft.ts';
import { packMessages } from './packed-messages.ts';

export interface Decoder {
  /** Drafts of rows, in the order of the calls. Rejects when the thread ends before it has answered. */
  decode: (messages: StreamMessage[]) => Promise<Draft>;
  close: () => Promise<void>;
}

/**
 * Reads events on a thread of its own, so that reading, and what waits for servers, each have a core. `thread` starts
 * `decode-thread.ts`; when it ends by itself, the next call starts another one.
 */
export function createDecoder(thread: () => Worker): Decoder {
  let running: { worker: Worker; waiting: Waiting[] } | undefined;

  function start(): { worker: Worker; waiting: Waiting[] } {
    const worker = thread();
    const waiting: Waiting[] = [];
    const end = (error: Error) => {
      if (running?.worker === worker) running = undefined;
      for (const { reject } of waiting.splice(0)) reject(error);
    };
    worker.on('message', (draft: Draft) => waiting.shift()?.resolve(draft));
    worker.on('error', (cause) => end(new Error('the thread that reads events failed', { cause })));
    worker.on('exit', (code) => end(new Error(`the thread that reads events ended with code ${code}`)));
    return { worker, waiting };
  }

  return {
    decode: (messages) =>
      new Promise((resolve, reject) => {
        running ??= start();
        running.waiting.push({ resolve, reject });
        const packed = packMessages(messages);
        running.worker.postMessage(packed, [packed.bytes.buffer, packed.numbers.buffer]);
      }),
    close: async () => {
      await running?.worker.terminate();
    },
  };
}

interface Waiting {
  resolve: (draft: Draft) => void;
  reject: (error: Error) => void;
}
