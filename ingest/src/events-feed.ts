import { eventsColumns } from '@deskwire/clickhouse/events-row';
import type { CountedRejected, HeardHeartbeat } from '@deskwire/clickhouse/sent-record';
import { isWholeMessage } from '@deskwire/contracts/reasons';
import { streams } from '@deskwire/contracts/subjects';
import type { KeyName } from '@deskwire/vault/key-name';
import type { Vault } from '@deskwire/vault/vault';
import type { Tip } from '@deskwire/streams/position';
import { isDuplicate, type Deduper, type Identified, type Verdicts } from './dedupe.ts';
import { looseFields, type BadRow, type Draft, type HeartbeatArrival } from './draft.ts';
import { dayKeyAt, dedupKey } from './entry.ts';
import type { Batch, Epoch, Feed, Prepared } from './feed.ts';
import { finishRows, isKept, readIdentity } from './finish-rows.ts';
import { createSentCounts, type SaidHeartbeat } from './sent-counts.ts';

export interface EventsFeedOptions {
  /** See `draftOf`; answers in the order of the calls. */
  decode: Feed<Draft>['decode'];
  vault: Pick<Vault, 'ready' | 'sealText'>;
  deduper: Deduper;
  putAside: (epoch: number, rows: BadRow[]) => Promise<void>;
  /** The last heartbeat of each source in the ledger; rejects when it cannot be read. */
  heard: () => Promise<HeardHeartbeat[]>;
  /** Rejected events by their names. Rejects when they cannot be read. */
  rejected: (names: string[]) => Promise<Map<string, CountedRejected>>;
  /** Teaches the filter every recent id of the ledger; rejects when it cannot be read. */
  seed: () => Promise<void>;
  /** Told of each stored batch: how many events of each kind. */
  onStored: (counts: { accepted: number; duplicate: number; rejected: number }) => void;
}

/** EVENTS into `events`: draft rows, judge them, seal what is personal. */
export function createEventsFeed(options: EventsFeedOptions): Feed<Draft> {
  const { decode, vault, deduper, putAside, heard, rejected, seed, onStored } = options;
  /** The filter has every id accepted up to here. */
  let covered: Tip = { epoch: -1, seq: 0 };
  let seeding = 0;

  /** Where this session began, and what sources said since; undefined before its first message. */
  let began: Tip = covered;
  let sentCounts: ReturnType<typeof createSentCounts> | undefined;

  function begin(tip: Tip): void {
    deduper.reset();
    began = tip;
    sentCounts = undefined;
    if (isUpTo(tip, covered) && deduper.isSeeded()) return;
    // Another worker has written meanwhile, or this one is new: until the filter has learnt it, everything is asked for.
    deduper.unseeded();
    covered = tip;
    const mine = ++seeding;
    void seed().then(
      () => mine === seeding && deduper.seeded(),
      () => undefined, // Slower, not wrong; the next session tries again.
    );
  }

  async function prepare(batch: Batch<Draft>, epoch: Epoch): Promise<Prepared> {
    const drafts = batch.pieces;
    const { verdicts, committed } = await deduper.judge(drafts.map(identified));
    const last = { epoch: epoch.epoch, seq: batch.lastSeq };
    if (!isUpTo(last, covered)) covered = last;
    const counted = await countSent(batch, verdicts, epoch);
    await vault.ready(keysNeeded(drafts, verdicts));
    const rowBinary = drafts.map((draft, i) =>
      finishRows(draft, {
        verdicts: verdicts[i],
        seal: (name, plain) => vault.sealText(name, plain),
        extraOf: (row) => counted.get(draft)?.get(row),
      }),
    );
    const bad = drafts.flatMap((draft) => draft.bad);
    if (bad.length > 0) await putAside(epoch.epoch, bad);
    const duplicate = verdicts.reduce(
      (sum, of) => sum + (of?.reduce((n, one) => n + (isDuplicate(one) ? 1 : 0), 0) ?? 0),
      0,
    );
    const counts = { accepted: batch.rowCount - bad.length - duplicate, duplicate, rejected: bad.length };
    return {
      rowBinary,
      rows: batch.rowCount,
      onCommitted: () => {
        committed();
        onStored(counts);
      },
    };
  }

  /** What the rows of heartbeats say of what arrived, as JSON of one more member. A hole that is filled is behind that; nothing is counted in it. */
  async function countSent(
    { pieces, firstSeq }: Batch<Draft>,
    verdicts: Verdicts[],
    { epoch }: Epoch,
  ): Promise<Map<Draft, Map<number, string>>> {
    const counted = new Map<Draft, Map<number, string>>();
    if (isUpTo({ epoch, seq: firstSeq }, began)) return counted;
    sentCounts ??= createSentCounts(await heard());
    const settled = pieces.flatMap(({ arrivals }) =>
      arrivals.flatMap((one) => (one.kind === 'settlement' ? [one.settles] : [])),
    );
    const settledBy = settled.length === 0 ? new Map<string, CountedRejected>() : await rejected(settled);
    /** Messages of which one event has arrived before. */
    const again = new Set<number>();
    for (const [i, draft] of pieces.entries()) {
      const rows = new Map<number, string>();
      counted.set(draft, rows);
      for (const arrival of draft.arrivals) {
        if (arrival.kind === 'events') sentCounts.arrived(arrival.source, arrival.count);
        else if (arrival.kind === 'settlement') {
          const of = settledBy.get(arrival.settles);
          if (of !== undefined && arrival.isDismissal && isWholeMessage(of.reason)) sentCounts.dismissed(of);
          // One that was rejected under this source has arrived before: counted again it would hide another one's loss.
          if (of?.source === arrival.source && !again.has(arrival.seq)) again.add(arrival.seq);
          else sentCounts.arrived(arrival.source, 1);
        } else if (!isDuplicate(verdicts[i]?.[arrival.row])) {
          const heard = sentCounts.heartbeat(arrival.source, saidBy(arrival));
          rows.set(arrival.row, countedMember(heard, epoch, arrival));
        }
      }
    }
    return counted;
  }

  return {
    ...{ stream: streams.events, table: 'events', lostRows: { are: 'kept' } },
    ...{ columns: eventsColumns, gatherMsMax: 250, decode, prepare, begin },
  };
}

const isUpTo = (place: Tip, end: Tip) => (place.epoch === end.epoch ? place.seq <= end.seq : place.epoch < end.epoch);

/** A heartbeat's row says where it stands, so that a new session counts on from there. */
const countedMember = ({ record, sent, saidAt }: HeardHeartbeat, epoch: number, { seq, idx }: HeartbeatArrival) =>
  `"counted":${JSON.stringify({ ...record, sent, said_at: saidAt, epoch, seq, idx })}`;

const saidBy = ({ sentCount, timeMs, timeUs, isFinal }: HeartbeatArrival): SaidHeartbeat => ({
  ...{ sent: sentCount, saidAt: new Date(timeMs).toISOString() },
  ...{ at: new Date(timeUs / 1_000).toISOString(), isFinal },
});

function identified(draft: Draft): Identified {
  const bad = new Set(draft.bad.map(({ row }) => row));
  return {
    count: draft.count,
    hashes: draft.hashes,
    isEvent: bad.size === 0 ? () => true : (row) => !bad.has(row),
    keyOf: (row) => {
      const { source, id } = readIdentity(draft, row);
      return dedupKey(source, id);
    },
  };
}

/** Of rows that are kept, and of what is put aside. */
function keysNeeded(drafts: Draft[], verdicts: Verdicts[]): Set<KeyName> {
  const names = new Set<KeyName>();
  for (const [i, { loose, keyNames, bad }] of drafts.entries()) {
    for (let at = 0; at < loose.length; at += looseFields) {
      const name = keyNames[loose[at + 3] ?? 0];
      if (name !== undefined && isKept(verdicts[i], loose[at] ?? 0)) names.add(name);
    }
    for (const { timeUs } of bad) names.add(dayKeyAt(timeUs));
  }
  return names;
}
