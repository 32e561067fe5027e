import type { StreamMessage } from '@deskwire/streams/reader';

export interface MessageQueue {
  add: (message: StreamMessage) => void;
  /** False while it holds `bytesMax` or more; what one pull still brings then is taken all the same. */
  hasRoom: () => boolean;
  /** At least one message, at most `messagesMax`, in order. Rejects when `stop` aborts. */
  take: (messagesMax: number) => Promise<StreamMessage[]>;
}

/** What was read and waits to be looked at. */
export function createMessageQueue(bytesMax: number, onRoom: () => void, stop: AbortSignal): MessageQueue {
  let waiting: StreamMessage[] = [];
  let taken = 0;
  let sizeBytes = 0;
  let wake: () => void = () => undefined;
  const hasRoom = () => sizeBytes < bytesMax;
  stop.addEventListener('abort', () => wake(), { once: true });

  return {
    hasRoom,
    add: (message) => {
      waiting.push(message);
      sizeBytes += message.data.byteLength;
      wake();
    },
    take: async (messagesMax) => {
      while (taken === waiting.length) {
        stop.throwIfAborted();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      stop.throwIfAborted();
      const some = waiting.slice(taken, taken + messagesMax);
      taken += some.length;
      if (taken === waiting.length) {
        waiting = [];
        taken = 0;
      }
      for (const { data } of some) sizeBytes -= data.byteLength;
      if (hasRoom()) onRoom();
      return some;
    },
  };
}
