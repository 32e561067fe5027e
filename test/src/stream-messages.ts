import { openReader, type StreamMessage } from '@deskwire/streams/reader';
import { inboxPrefix } from '@deskwire/runtime/nats';
import type { NatsConnection } from 'nats';

/** Every message that a stream holds now, in order, read by the operator. */
export async function streamMessages(nc: NatsConnection, stream: string): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  await eachStreamMessage(nc, { stream, startSeq: 1 }, (message) => messages.push(message));
  return messages;
}

/** The same one by one, from a sequence on; resolves with the last sequence of the stream. */
export async function eachStreamMessage(
  nc: NatsConnection,
  { stream, startSeq }: { stream: string; startSeq: number },
  onMessage: (message: StreamMessage) => void,
): Promise<number> {
  const jsm = await nc.jetstreamManager();
  const { state } = await jsm.streams.info(stream);
  if (state.messages === 0 || state.last_seq < startSeq) return state.last_seq;
  let finish: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (finish = resolve));
  const reader = await openReader({
    ...{ nc, jsm, stream, inboxPrefix: inboxPrefix('operator'), startSeq: Math.max(startSeq, state.first_seq) },
    hasRoom: () => true,
    onMessage: (message) => {
      if (message.seq <= state.last_seq) onMessage(message);
      if (message.seq >= state.last_seq) finish();
    },
  });
  await Promise.race([all, reader.broken]);
  reader.close();
  return state.last_seq;
}
