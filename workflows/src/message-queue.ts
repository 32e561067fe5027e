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
  const waiting: StreamMessage[] = [];
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
      while (waiting.length === 0) {
        stop.throwIfAborted();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      stop.throwIfAborted();
      const some = waiting.splice(0, messagesMax);
      for (const { data } of some) sizeBytes -= data.byteLength;
      if (hasRoom()) onRoom();
      return some;
    },
  };
}
