import { conversationMessage } from '@deskwire/contracts/conversation';
import { streams } from '@deskwire/contracts/subjects';
import type { NatsConnection } from 'nats';
import { eachStreamMessage } from '../src/stream-messages.ts';
import { kindOf } from './chaos-event.ts';

export interface ConversationFacts {
  /** Events whose message is accepted and in no conversation. */
  missing: number[];
  /** Events whose message is in a conversation and was never accepted. */
  unfounded: number[];
  /** Messages that stand there again; readers drop them by `message_id`. */
  repeated: number;
}

/** Compares CONVERSATIONS with the ledger, each time from where it stopped reading. `times`: how often each event was accepted. */
export function createConversationFacts(nc: NatsConnection): (times: Uint8Array) => Promise<ConversationFacts> {
  const found = new Map<number, number>();
  let startSeq = 1;
  return async (times) => {
    const last = await eachStreamMessage(nc, { stream: streams.conversations, startSeq }, ({ data }) => {
      const { message_id } = conversationMessage.parse(JSON.parse(Buffer.from(data).toString()));
      const n = Number(message_id.slice(1));
      found.set(n, (found.get(n) ?? 0) + 1);
    });
    startSeq = last + 1;
    const accepted = (n: number) => (times[n] ?? 0) > 0;
    const missing: number[] = [];
    for (let n = 0; n < times.length; n++)
      if (kindOf(n) === 'ticket.message' && accepted(n) && !found.has(n)) missing.push(n);
    return {
      missing,
      unfounded: [...found.keys()].filter((n) => !accepted(n)),
      repeated: [...found.values()].reduce((sum, count) => sum + count - 1, 0),
    };
  };
}
