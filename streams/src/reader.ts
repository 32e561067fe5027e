import {
  AckPolicy,
  createInbox,
  DeliverPolicy,
  nanos,
  type JetStreamManager,
  type Msg,
  type NatsConnection,
} from 'nats';
import { parseDelivery, type Delivery } from './stream-time.ts';

/** One message of a stream as the server delivered it. */
export interface StreamMessage {
  subject: string;
  seq: number;
  /** JetStream time, Unix microseconds. */
  timeUs: number;
  data: Uint8Array;
}

export interface ReaderOptions {
  nc: NatsConnection;
  jsm: JetStreamManager;
  inboxPrefix: string;
  stream: string;
  startSeq: number;
  /** Without bodies: `data` is empty. */
  headersOnly?: boolean;
  /** Asked before each pull: false leaves the rest in the stream until `more` is called. */
  hasRoom: () => boolean;
  onMessage: (message: StreamMessage) => void;
}

export interface Reader {
  /** Name of the consumer, and how many messages it had before it at the start. */
  consumer: string;
  pendingAtStart: number;
  /** Rejects when reading cannot go on; what was not stored has to be read again from the ledger's position. */
  broken: Promise<never>;
  /** There is room again. */
  more: () => void;
  close: () => void;
}

const pullMessagesMax = 5_000;
/** Counting messages alone overruns the server's pending limit when bodies are large (measured). */
const pullBytesMax = 16 * 2 ** 20;
const pullExpiresMs = 30_000;
const heartbeatMs = 2_000;
const silenceMsMax = 3 * heartbeatMs;

/**
 * Reads a stream in order from one position through an ephemeral pull consumer: one pull at a time, so what is on the way
 * is bounded in messages and bytes. The client library's own ordered consumer skips a stream that was made again (measured);
 * this one breaks instead, on a lost message, a lost consumer, silence or a lost connection.
 */
export async function openReader({
  nc,
  jsm,
  inboxPrefix,
  stream,
  startSeq,
  headersOnly = false,
  hasRoom,
  onMessage,
}: ReaderOptions): Promise<Reader> {
  const consumer = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: startSeq,
    headers_only: headersOnly,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(60_000),
  });
  const inbox = createInbox(inboxPrefix);
  const pullSubject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer.name}`;
  const pull = JSON.stringify({
    batch: pullMessagesMax,
    max_bytes: pullBytesMax,
    expires: nanos(pullExpiresMs),
    idle_heartbeat: nanos(heartbeatMs),
  });

  let reject: (error: ReaderBroken) => void = () => undefined;
  const broken = new Promise<never>((_, rejectWith) => (reject = rejectWith));
  broken.catch(() => undefined); // The owner may have closed before it looked.
  let closed = false;
  let awaited = 0;
  let consumerSeq = 0;
  let heardAt = performance.now();

  const breakWith = (why: string) => {
    if (closed) return;
    close();
    reject(new ReaderBroken(`reading ${stream}: ${why}`));
  };
  const more = () => {
    if (closed || awaited > 0 || !hasRoom()) return;
    awaited = pullMessagesMax;
    heardAt = performance.now();
    nc.publish(pullSubject, pull, { reply: inbox });
  };
  const onStatus = (message: Msg): void => {
    const code = message.headers?.code ?? 0;
    const text = message.headers?.description ?? '';
    if (code === 100) return; // Idle heartbeat.
    if (code === 503 || /consumer deleted|consumer is push/i.test(text))
      breakWith(`the consumer is gone (${code} ${text})`);
    // 404, 408, 409: this pull has ended; whatever is left is asked for again.
    awaited = 0;
    more();
  };

  const onDelivery = (message: Msg, { seq, consumerSeq: delivered, timeUs }: Delivery): void => {
    consumerSeq += 1;
    if (delivered !== consumerSeq) {
      breakWith(`message ${consumerSeq} of the consumer was lost on the way`);
      return;
    }
    awaited -= 1;
    onMessage({ subject: message.subject, seq, timeUs, data: message.data });
    if (awaited === 0) more();
  };
  const subscription = nc.subscribe(inbox, {
    callback: (error, message) => {
      if (closed) return;
      heardAt = performance.now();
      const delivery = error !== null || message.reply === undefined ? undefined : parseDelivery(message.reply);
      if (error !== null) breakWith(error.message);
      else if (delivery === undefined) onStatus(message);
      else onDelivery(message, delivery);
    },
  });
  const watch = setInterval(() => {
    if (awaited > 0 && performance.now() - heardAt > silenceMsMax) breakWith(`no sign of life for ${silenceMsMax} ms`);
  }, heartbeatMs / 2);

  function close(): void {
    closed = true;
    clearInterval(watch);
    subscription.unsubscribe();
    // The server forgets an inactive consumer by itself; this only spares it the wait.
    if (!nc.isClosed()) void jsm.consumers.delete(stream, consumer.name).catch(() => undefined);
  }
  more();
  return { consumer: consumer.name, pendingAtStart: consumer.num_pending, broken, more, close };
}

export class ReaderBroken extends Error {
  override name = 'ReaderBroken';
}
