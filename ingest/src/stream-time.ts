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
 * account before the stream. Undefined for any other subject.
 */
export function parseDelivery(reply: string): Delivery | undefined {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 5 : tokens.length >= 11 ? 7 : 0;
  if (at === 0 || tokens[0] !== '$JS') return undefined;
  const nanos = tokens[at + 2] ?? '';
  return { seq: Number(tokens[at]), consumerSeq: Number(tokens[at + 1]), timeUs: Number(nanos.slice(0, -3)) };
}
