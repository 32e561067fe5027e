import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
import { createInbox, MsgHdrsImpl, NatsError, type MsgHdrs } from 'nats';
import { z } from 'zod';
import { CannotApply } from './cannot-apply.ts';

export interface Appender {
  /**
   * Appends one message behind the one at `after` of its subject (0: the first). 'conflict': another writer was faster.
   * Rejects with AppendRefused when the stream says no, with CannotApply when NATS takes nothing as long; after any other rejection it may have been stored or not.
   */
  append: (subject: string, bytes: Uint8Array, after: number) => Promise<Appended>;
  /** Appends one message behind whatever its subject holds; the same `msgID` again within the stream's window is stored once. Rejects as `append` does. */
  appendOnce: (subject: string, bytes: Uint8Array, msgID: string) => Promise<unknown>;
  close: () => void;
}

type Appended = { seq: number } | 'conflict';

/** What an appender needs of a connection to NATS. */
export interface AppendLink {
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, answer: Answer) => void },
  ): { unsubscribe: () => void };
  publish(subject: string, bytes: Uint8Array, options: { headers: MsgHdrs; reply: string }): void;
  isClosed(): boolean;
}

interface Answer {
  subject: string;
  data: Uint8Array;
  headers?: MsgHdrs;
}

/** A refusal carries `seq` too, 0. */
const answer = z.union([
  z.object({ stream: z.string(), seq: z.number().int().positive() }),
  z.object({
    stream: z.string().optional(),
    error: z.object({ err_code: z.number().optional(), description: z.string().optional() }),
  }),
]);
const lookMs = 250;

interface Unsent {
  subject: string;
  bytes: Uint8Array;
  header: Record<string, string[]>;
  waiting: Waiting;
}

interface Waiting {
  until: number;
  resolve: (result: Appended) => void;
  reject: (error: Error) => void;
}

/**
 * Appends with one subscription and one timer for all of them: the client library's own publish makes an
 * error with a stack trace and a timer for each, a fifth of what the desk costs per event (measured). What is appended in
 * one turn of the event loop is sent at its end: the library writes to the socket after every message otherwise.
 */
export function createAppender(nc: AppendLink, inboxPrefix: string, waitMs = 5_000): Appender {
  const inbox = createInbox(inboxPrefix);
  const waiting = new Map<string, Waiting>();
  let unsent: Unsent[] = [];
  let count = 0;
  let closed = false;

  const subscription = nc.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (error !== null) return; // Whoever waits times out.
      const token = message.subject.slice(inbox.length + 1);
      const one = waiting.get(token);
      if (one === undefined) return;
      waiting.delete(token);
      settle(one, message);
    },
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [token, one] of waiting) {
      if (one.until > now) return; // In the order of their time.
      waiting.delete(token);
      one.reject(new Error(`no answer to an append within ${waitMs} ms`));
    }
  }, lookMs);

  function send(): void {
    const now = unsent;
    unsent = [];
    for (const { subject, bytes, header, waiting: one } of now) {
      const headers = MsgHdrsImpl.fromRecord(header);
      const token = (count++).toString(36);
      try {
        nc.publish(subject, bytes, { headers, reply: `${inbox}.${token}` });
        waiting.set(token, one);
      } catch (error) {
        one.reject(refusal(error, subject, bytes.length));
      }
    }
  }

  const add = (subject: string, bytes: Uint8Array, header: Unsent['header']) =>
    new Promise<Appended>((resolve, reject) => {
      if (closed) throw new Error('this appender is closed');
      if (unsent.length === 0) setImmediate(send);
      unsent.push({ subject, bytes, header, waiting: { until: performance.now() + waitMs, resolve, reject } });
    });

  return {
    append: (subject, bytes, after) => add(subject, bytes, { 'Nats-Expected-Last-Subject-Sequence': [String(after)] }),
    appendOnce: (subject, bytes, msgID) => add(subject, bytes, { 'Nats-Msg-Id': [msgID] }),
    close: () => {
      closed = true;
      clearInterval(timer);
      if (!nc.isClosed()) subscription.unsubscribe();
      const open = [...waiting.values(), ...unsent.map((one) => one.waiting)];
      waiting.clear();
      unsent = [];
      for (const one of open) one.reject(new Error('closed while an append waited for its answer'));
    },
  };
}

/** Sent again it would be refused again, for ever. */
function refusal(error: unknown, subject: string, length: number): Error {
  if (error instanceof NatsError && error.code === 'MAX_PAYLOAD_EXCEEDED')
    return new CannotApply(`${length} bytes for ${subject} are more than NATS takes in a message`, { cause: error });
  return error instanceof Error ? error : new Error('an append could not be sent', { cause: error });
}

function settle(one: Waiting, message: Answer): void {
  const code = message.headers?.code ?? 0;
  const said = code === 0 ? answer.safeParse(parsed(message.data)).data : undefined;
  if (said === undefined) one.reject(new Error(`an append was not answered by the stream (${code})`));
  else if ('seq' in said) one.resolve({ seq: said.seq });
  else if (isWrongLastSequence(said.error)) one.resolve('conflict');
  else
    one.reject(new AppendRefused(`${said.stream ?? 'a stream'}: ${said.error.description ?? 'an append was refused'}`));
}

function parsed(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
  } catch {
    return undefined; // The schema refuses it.
  }
}

export class AppendRefused extends Error {
  override name = 'AppendRefused';
}
