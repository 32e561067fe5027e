import { ticket, type Ticket } from '@deskwire/contracts/ticket';
import { streams } from '@deskwire/contracts/subjects';
import type { NatsConnection } from 'nats';
import type { Appender } from './appender.ts';
import { CannotApply } from './cannot-apply.ts';
import type { Known } from './state-cache.ts';

/** TICKETS as the desk needs it. */
export interface TicketStore {
  /** The ticket's newest message. Throws CannotApply when it cannot be read. */
  load: (subject: string) => Promise<Known<Ticket>>;
  /**
   * Appends a state behind the one at `after`; answers its position, or that another writer was faster. Throws CannotApply
   * for a state that is too large; after any other failure it may have been stored or not.
   */
  append: (subject: string, state: Ticket, after: number) => Promise<{ seq: number } | 'conflict'>;
}

/** The stream takes 64 KiB; the headers need some of it. */
const stateBytesMax = 60 * 2 ** 10;
const answerMsMax = 5_000;

export function openTicketStore(nc: NatsConnection, appender: Appender): TicketStore {
  return {
    load: async (subject) => {
      const message = await lastMessage(nc, subject);
      if (message === undefined) return { state: undefined, seq: 0 };
      return { state: readTicket(subject, message.seq, message.data), seq: message.seq };
    },
    append: async (subject, state, after) => {
      const bytes = Buffer.from(JSON.stringify(state));
      if (bytes.length > stateBytesMax)
        throw new CannotApply(`the state of ${subject} has ${bytes.length} bytes; ${stateBytesMax} are allowed`);
      return appender.append(subject, bytes, after);
    },
  };
}

/**
 * The newest message of one subject of TICKETS, asked directly: any server that has the stream answers. Undefined when there
 * is none. Rejects when NATS does not answer.
 */
export async function lastMessage(
  nc: NatsConnection,
  subject: string,
): Promise<{ seq: number; data: Uint8Array } | undefined> {
  const answer = await nc.request(`$JS.API.DIRECT.GET.${streams.tickets}.${subject}`, undefined, {
    timeout: answerMsMax,
  });
  const code = answer.headers?.code ?? 0;
  if (code === 404) return undefined;
  const seq = Number(answer.headers?.get('Nats-Sequence'));
  if (code !== 0 || !(seq > 0)) throw new Error(`TICKETS does not give ${subject}: ${code}`);
  return { seq, data: answer.data };
}

function readTicket(subject: string, seq: number, data: Uint8Array): Ticket {
  try {
    return ticket.parse(JSON.parse(Buffer.from(data).toString('utf8')));
  } catch (error) {
    // zod's and the parser's messages may quote the state: only where it lies is said.
    throw new CannotApply(`message ${seq} of TICKETS (${subject}) is not a ticket's state`, {
      cause: error instanceof Error ? error.name : undefined,
    });
  }
}
