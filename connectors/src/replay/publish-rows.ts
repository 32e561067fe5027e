import type { RowRange } from './row-ranges.ts';

/** One message of a replay: a range of rows, ready to send. */
export interface RowsMessage {
  range: RowRange;
  subject: string;
  payload: string;
  /** Event times of its first and last row. */
  first: string | undefined;
  last: string | undefined;
}

export interface PublishRows {
  messages: AsyncIterable<RowsMessage>;
  /** Resolves with the position in the stream once it is stored. */
  publish: (message: RowsMessage) => Promise<number>;
  /** Messages under way at once. */
  windowMax: number;
  onSent: (message: RowsMessage) => void;
  onAcknowledged: (message: RowsMessage, seq: number) => void;
}

/** Sends in order, pipelined. Resolves, or rejects with the first failure, when nothing is under way any more. */
export async function publishRows({
  messages,
  publish,
  windowMax,
  onSent,
  onAcknowledged,
}: PublishRows): Promise<void> {
  let failure: { cause: unknown } | undefined;
  let underWay = 0;
  let wake: () => void = () => undefined;
  const until = async (enough: () => boolean) => {
    while (!enough()) await new Promise<void>((resolve) => (wake = resolve));
  };

  async function send(message: RowsMessage): Promise<void> {
    try {
      const stored = publish(message);
      onSent(message);
      onAcknowledged(message, await stored);
    } catch (cause) {
      failure ??= { cause };
    } finally {
      underWay -= 1;
      wake();
    }
  }

  const failed = () => failure !== undefined;
  for await (const message of messages) {
    if (failed()) break;
    underWay += 1;
    void send(message);
    await until(() => underWay < windowMax || failed());
  }
  await until(() => underWay === 0);
  if (failure !== undefined) throw failure.cause;
}
