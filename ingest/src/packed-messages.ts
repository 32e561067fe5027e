import type { StreamMessage } from '@deskwire/streams/reader';

/** Messages in a form that goes from thread to thread without being copied once more. */
export interface PackedMessages {
  /** All bodies, one behind the other. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Three a message: position, JetStream time in Unix microseconds, and where its body ends in `bytes`. */
  numbers: Float64Array<ArrayBuffer>;
  subjects: string[];
}

const numbersEach = 3;

export function packMessages(messages: StreamMessage[]): PackedMessages {
  const bytes = new Uint8Array(messages.reduce((sum, { data }) => sum + data.byteLength, 0));
  const numbers = new Float64Array(messages.length * numbersEach);
  const subjects: string[] = [];
  let end = 0;
  let at = 0;
  for (const { subject, seq, timeUs, data } of messages) {
    bytes.set(data, end);
    end += data.byteLength;
    numbers[at] = seq;
    numbers[at + 1] = timeUs;
    numbers[at + 2] = end;
    at += numbersEach;
    subjects.push(subject);
  }
  return { bytes, numbers, subjects };
}

export function unpackMessages({ bytes, numbers, subjects }: PackedMessages): StreamMessage[] {
  let start = 0;
  return subjects.map((subject, i) => {
    const [seq = 0, timeUs = 0, end = start] = numbers.subarray(i * numbersEach, (i + 1) * numbersEach);
    const data = bytes.subarray(start, end);
    start = end;
    return { subject, seq, timeUs, data };
  });
}
