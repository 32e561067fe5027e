import { buckets, streams, subjects, subtrees, type Bucket } from '@deskwire/contracts/subjects';
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from 'nats';

const KiB = 2 ** 10;
const MiB = 2 ** 20;
const GiB = 2 ** 30;
const dayNs = 86_400 * 1e9;

export type WantedStream = Partial<StreamConfig> & { name: string; subjects: string[]; max_bytes: number };

/**
 * Every stream and bucket of Deskwire, each with its first share of `budgetBytes`. A fifth of it is promised to nobody yet: the limits of
 * what grows with tickets and customers are raised from that (`raiseLimits`). Shares follow from what things take there
 * (docs/operations.md, "How much the streams may hold").
 */
export function wantedStreams(budgetBytes: number, replicas = 1): WantedStream[] {
  const share = (part: number) => Math.max(64 * MiB, Math.floor((budgetBytes * part) / MiB) * MiB);
  const all = { storage: StorageType.File, num_replicas: replicas, allow_direct: true };
  return [
    {
      ...all,
      name: streams.events,
      subjects: [subjects.allEvents],
      max_age: 7 * dayNs,
      max_bytes: share(0.4),
      // A full stream refuses the publisher; it never drops what it accepted.
      discard: DiscardPolicy.New,
      max_msg_size: MiB + 64 * KiB,
      // Message ids are per stream, not per source: with a longer window one source could swallow another's event, and
      // the ledger would not show the duplicate. Ingest decides duplicates. 100 ms is the shortest that servers take.
      duplicate_window: 100 * 1e6,
    },
    {
      ...all,
      name: streams.tickets,
      subjects: [subtrees.tickets],
      // Old revisions stay while it is less than half full.
      max_bytes: share(0.2),
      discard: DiscardPolicy.New,
      max_msg_size: 64 * KiB,
    },
    {
      ...all,
      name: streams.conversations,
      subjects: [subtrees.conversations],
      max_bytes: share(0.1),
      discard: DiscardPolicy.New,
      // A message appended again by a desk that begins anew; what comes later readers drop by its message_id.
      duplicate_window: 600 * 1e9,
    },
    {
      ...all,
      name: streams.outbound,
      subjects: [subtrees.outbound],
      retention: RetentionPolicy.Workqueue,
      max_bytes: share(0.02),
      discard: DiscardPolicy.New,
    },
    {
      ...all,
      name: streams.quarantine,
      subjects: [subtrees.quarantine],
      max_age: 30 * dayNs,
      max_bytes: share(0.05),
      // The subject names the position: writing it again after a crash replaces the same bytes.
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.Old,
    },
    {
      ...all,
      name: streams.alerts,
      subjects: [subtrees.alerts],
      max_age: 30 * dayNs,
      max_bytes: 64 * MiB,
      discard: DiscardPolicy.Old,
    },
    ...buckets.map((bucket) => ({ ...all, ...bucketStream(bucket), max_bytes: 64 * MiB })),
  ];
}

/** A KV bucket is a stream of this form; nats.js finds it there and creates nothing. */
function bucketStream(bucket: Bucket) {
  // Customers are written again and again, into many files: nats-server 2.9 must not be the one who removes what was replaced there
  // (decision 23). The desk does.
  const isPrunedByItsWriter = bucket === 'customers';
  return {
    name: `KV_${bucket}`,
    subjects: [`$KV.${bucket}.>`],
    max_msgs_per_subject: isPrunedByItsWriter ? -1 : 1,
    allow_rollup_hdrs: true,
    // Destroying a key is a secure delete of its message, which is forbidden for ever where this is once true.
    deny_delete: bucket !== 'keys' && !isPrunedByItsWriter,
    deny_purge: false,
    discard: DiscardPolicy.New,
    // A session that was not renewed for twelve hours is over; what is left of it then disappears by itself.
    ...(bucket === 'sessions' ? { max_age: dayNs / 2 } : {}),
  };
}

export interface DiskState {
  freeBytes: number;
  /** What our streams occupy there already. */
  usedBytes: number;
}

/** Bytes that the streams may promise together: three quarters of the disk's room, less a reserve that stays free. */
export function streamBudget({ freeBytes, usedBytes }: DiskState): number {
  const room = freeBytes + usedBytes;
  const reserve = Math.max(2 * GiB, room / 10);
  return Math.max(1 * GiB, Math.floor((room - reserve) * 0.75));
}
