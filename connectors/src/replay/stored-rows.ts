import { segmentOf } from '@deskwire/contracts/desk-id';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { AckPolicy, DeliverPolicy, headers, nanos, type MsgHdrs } from 'nats';
import type { ReplayCursor } from './cursor.ts';
import { formatRange, parseRange, type RowRange } from './row-ranges.ts';
import type { StreamLink } from './stream-link.ts';

const headerNames = { run: 'Deskwire-Replay', rows: 'Deskwire-Rows' } as const;
const fetchMax = 5_000;
const fetchExpiresMs = 10_000;

/** What each message of a replay says about itself, so that the stream alone tells what was published. */
export function rowHeaders(run: string, range: RowRange): MsgHdrs {
  const header = headers();
  header.set(headerNames.run, run);
  header.set(headerNames.rows, formatRange(range));
  return header;
}

/**
 * The rows that the stream holds although the cursor does not know them yet: published, then the process died, or the
 * acknowledgement was lost. Reads headers only.
 */
export async function findStoredRows({ js, jsm }: StreamLink, cursor: ReplayCursor): Promise<RowRange[]> {
  const stream = streams.events;
  const { name, num_pending } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: cursor.fromSeq,
    filter_subject: subjects.eventsOf(segmentOf(cursor.source)),
    headers_only: true,
    mem_storage: true,
    inactive_threshold: nanos(60_000),
  });
  const consumer = await js.consumers.get(stream, name);
  const found: RowRange[] = [];
  for (let left = num_pending; left > 0;) {
    const before = left;
    for await (const message of await consumer.fetch({
      max_messages: Math.min(left, fetchMax),
      expires: fetchExpiresMs,
    })) {
      left -= 1;
      if (message.headers?.get(headerNames.run) !== cursor.run) continue;
      const range = parseRange(message.headers.get(headerNames.rows));
      if (range !== undefined) found.push(range);
    }
    if (left === before) throw new Error(`the stream gave none of ${left} messages in ${fetchExpiresMs} ms`);
  }
  await jsm.consumers.delete(stream, name);
  return found;
}
