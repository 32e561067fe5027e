import { openReader, type StreamMessage } from '@deskwire/streams/reader';
import { inboxPrefix } from '@deskwire/runtime/nats';
import type { NatsConnection } from 'nats';

/** Every message that a stream holds now, in order, read by the operator. */
export async function streamMessages(nc: NatsConnection, stream: string): Promise<StreamMessage[]> {
  const jsm = await nc.jetstreamManager();
  const { state } = await jsm.streams.info(stream);
  if (state.messages === 0) return [];
  const messages: StreamMessage[] = [];
  let finish: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (finish = resolve));
  const reader = await openReader({
    ...{ nc, jsm, stream, inboxPrefix: inboxPrefix('operator'), startSeq: Math.max(1, state.first_seq) },
    hasRoom: () => true,
    onMessage: (message) => {
      messages.push(message);
      if (message.seq >= state.last_seq) finish();
    },
  });
  await Promise.race([all, reader.broken]);
  reader.close();
  return messages;
}
