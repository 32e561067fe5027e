import { dispositions } from '@deskwire/contracts/reasons';
import { z } from 'zod';
import { count, defineQuery } from './query.ts';

const file = (name: string) => new URL(`queries/${name}.sql`, import.meta.url);

/** Where the ledger of a stream ends; no row where it has not begun. */
export const streamTip = defineQuery(
  file('stream-tip'),
  z.object({ table: z.string(), stream: z.string() }),
  z.object({ epoch: count, last_seq: count, over_epoch: count }),
);

export const streamMarks = defineQuery(
  file('stream-marks'),
  z.object({ table: z.string(), stream: z.string(), epoch: count, seq: count, limit: count }),
  z.object({ seq: count, ingested_at_us: count, stream_created_us: count }),
);

export const streamHoles = defineQuery(
  file('stream-holes'),
  z.object({ table: z.string(), stream: z.string(), epoch: count, first: count, last: count }),
  z.object({ from_seq: count, to_seq: count }),
);

/** `hashes` are UInt64 as decimal text, so is `content_hash`: both are beyond 2^53. */
export const idLookup = defineQuery(
  file('id-lookup'),
  z.object({ hashes: z.array(z.string()).transform((hashes) => hashes.map(BigInt)) }),
  z.object({ source: z.string(), id: z.string(), content_hash: z.string() }),
);

export const acceptedCount = defineQuery(file('accepted-count'), z.object({ since: count }), z.object({ ids: count }));

export const insertRunning = defineQuery(
  file('insert-running'),
  z.object({ query_id: z.string() }),
  z.object({ running: count }),
);

export const eventDispositions = defineQuery(
  file('event-dispositions'),
  z.object({ stream: z.string(), epochs: z.array(count), seqs: z.array(count), idxs: z.array(count) }),
  z.object({
    epoch: count,
    seq: count,
    idx: count,
    source: z.string(),
    disposition: z.enum(dispositions),
    reason: z.string(),
    received_at: z.iso.datetime(),
  }),
);

export const dismissedSince = defineQuery(
  file('dismissed-since'),
  z.object({ epoch: count, seq: count }),
  z.object({ epoch: count, seq: count, settles: z.string() }),
);

export const arrivedSince = defineQuery(
  file('arrived-since'),
  z.object({
    ...{ stream: z.string(), sources: z.array(z.string()) },
    ...{ epochs: z.array(count), seqs: z.array(count), idxs: z.array(count) },
  }),
  z.object({ source: z.string(), arrived: count }),
);
