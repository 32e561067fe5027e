import { z } from 'zod';
import { position } from './position.ts';

/** One message of CONVERSATIONS: what somebody wrote in a ticket. Readers drop a repeated `message_id`; the first one counts. */
export const conversationMessage = z.object({
  message_id: z.string(),
  author: z.enum(['customer', 'agent', 'system']),
  author_id: z.string().nullable(),
  public: z.boolean(),
  created_at: z.iso.datetime(),
  /** The body, sealed under the ticket's key; base64. */
  sealed: z.string(),
  /** The event it came with. */
  position,
});
export type ConversationMessage = z.infer<typeof conversationMessage>;
