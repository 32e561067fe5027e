import { createHash } from 'node:crypto';
import { subjects } from '@deskwire/contracts/subjects';
import type { ConversationMessage } from '@deskwire/contracts/conversation';
import type { Appender } from './appender.ts';

/** A message's body on its way to CONVERSATIONS; sealed already. */
export interface Thread {
  segment: string;
  /** The source's id. */
  ticketId: string;
  message: ConversationMessage;
}

/**
 * Appends one message to its ticket's conversation. Done again it is dropped by the broker within the stream's window, and
 * by readers, who go by `message_id`, after it. Rejects as an append does.
 */
export async function appendToConversation(
  appendOnce: Appender['appendOnce'],
  { segment, ticketId, message }: Thread,
): Promise<void> {
  const identity = createHash('sha256').update(`${segment}\n${ticketId}\n${message.message_id}`).digest('base64url');
  await appendOnce(subjects.conversation(segment, ticketId), Buffer.from(JSON.stringify(message)), identity);
}
