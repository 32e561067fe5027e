/** Unix microseconds of a JetStream timestamp in RFC 3339 with up to nine digits; exact, which Date is not. */
export function microsOfText(text: string): number {
  const [seconds = '', fraction = ''] = text.replace(/Z$/, '').split('.');
  return Date.parse(`${seconds}Z`) * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** Position of a message and its JetStream time in microseconds, from the reply subject that the server gives it. */
export interface Delivery {
  seq: number;
  /** Counts what this consumer was sent, from 1 without a hole: a jump means that messages were lost on the way. */
  consumerSeq: number;
  timeUs: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<tries>.<seq>.<consumer seq>.<time ns>.<pending>`, also the newer form with domain and
 * account before the stream. Undefined for any other subject. Runs once per message: no array of tokens is made.
 */
export function parseDelivery(reply: string): Delivery | undefined {
  if (!reply.startsWith('$JS.ACK.')) return undefined;
  let tokens = 1;
  for (let at = reply.indexOf('.'); at >= 0; at = reply.indexOf('.', at + 1)) tokens += 1;
  const before = tokens === 9 ? 5 : tokens >= 11 ? 7 : 0;
  if (before === 0) return undefined;
  let start = 0;
  for (let token = 0; token < before; token++) start = reply.indexOf('.', start) + 1;
  const seqEnd = reply.indexOf('.', start);
  const consumerEnd = reply.indexOf('.', seqEnd + 1);
  const timeEnd = reply.indexOf('.', consumerEnd + 1);
  return {
    seq: Number(reply.slice(start, seqEnd)),
    consumerSeq: Number(reply.slice(seqEnd + 1, consumerEnd)),
    timeUs: Number(reply.slice(consumerEnd + 1, timeEnd - 3)),
  };
}
