import { eventsStructure, writeEventsRow, type EventsRow } from '@deskwire/clickhouse/events-row';
import { RowBinaryWriter } from '@deskwire/clickhouse/row-binary';
import type { HeardHeartbeat, SentRecord } from '@deskwire/clickhouse/sent-record';
import { sourceHeartbeat } from '@deskwire/contracts/event-customer';
import { hideContact, type BlindIndex } from '@deskwire/contracts/personal';
import { streams } from '@deskwire/contracts/subjects';
import type { KeyName } from '@deskwire/vault/key-name';
import type { Vault } from '@deskwire/vault/vault';
import type { Tip } from '@deskwire/streams/position';
import { accepted, type Deduper, type Verdict } from './dedupe.ts';
import { dayKeyAt, noFace, readEntries, type BadEntry, type Entry, type GoodEntry } from './entry.ts';
import type { Batch, Epoch, Feed, Prepared } from './feed.ts';
import { createSentCounts } from './sent-counts.ts';

export interface EventsFeedOptions {
  vault: Vault;
  deduper: Deduper;
  putAside: (epoch: number, entries: BadEntry[]) => Promise<void>;
  /** The last heartbeat of each source in the ledger; rejects when it cannot be read. */
  heard: () => Promise<HeardHeartbeat[]>;
  /** Teaches the filter every recent id of the ledger; rejects when it cannot be read. */
  seed: () => Promise<void>;
  /** Told of each stored batch: how many events of each kind. */
  onStored: (counts: { accepted: number; duplicate: number; rejected: number }) => void;
}

const zero = { low: 0, high: 0 };
const heartbeat = 'source.heartbeat';

/** EVENTS into `events`: read, judge, seal, write. */
export function createEventsFeed({ vault, deduper, putAside, heard, seed, onStored }: EventsFeedOptions): Feed<Entry> {
  const blind: BlindIndex = (kind, value) => vault.blindIndex(kind, value);
  const secret = vault.contentSeed();
  const seeds: [number, number] = [secret.readInt32LE(0), secret.readInt32LE(4)];
  const reader = { blind, seeds };

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
    const known = tip.epoch === covered.epoch ? tip.seq <= covered.seq : tip.epoch < covered.epoch;
    if (known && deduper.isSeeded()) return;
    // Another worker has written meanwhile, or this one is new: until the filter has learnt it, everything is asked for.
    deduper.unseeded();
    covered = tip;
    const mine = ++seeding;
    void seed().then(
      () => mine === seeding && deduper.seeded(),
      () => undefined, // Slower, not wrong; the next session tries again.
    );
  }

  async function prepare(batch: Batch<Entry>, epoch: Epoch): Promise<Prepared> {
    const good: GoodEntry[] = [];
    const bad: BadEntry[] = [];
    for (const entry of batch.entries) {
      if (entry.good) good.push(entry);
      else bad.push(entry);
    }
    const verdicts = await deduper.judge(good);
    if (epoch.epoch !== covered.epoch || batch.lastSeq > covered.seq)
      covered = { epoch: epoch.epoch, seq: batch.lastSeq };
    const counted = await countSent(batch, verdicts, epoch);
    await vault.ready(keysNeeded(good, verdicts, bad));
    const writer = new RowBinaryWriter(batch.sizeBytes + 512 * batch.entries.length);
    const counts = { accepted: 0, duplicate: 0, rejected: bad.length };
    for (const [i, entry] of good.entries()) {
      const verdict = verdicts[i] ?? accepted;
      counts[verdict.disposition] += 1;
      writeEventsRow(writer, streams.events, goodRow(entry, verdict, epoch, vault, counted.get(entry)));
    }
    for (const entry of bad) writeEventsRow(writer, streams.events, badRow(entry, epoch, blind));
    if (bad.length > 0) await putAside(epoch.epoch, bad);
    return {
      rowBinary: writer.bytes(),
      rows: batch.entries.length,
      onCommitted: () => {
        deduper.committed(good);
        onStored(counts);
      },
    };
  }

  /** What the rows of heartbeats say of what arrived. A hole that is filled is behind that; nothing is counted in it. */
  async function countSent(
    { entries, firstSeq }: Batch<Entry>,
    verdicts: Verdict[],
    { epoch }: Epoch,
  ): Promise<Map<Entry, SentRecord>> {
    const counted = new Map<Entry, SentRecord>();
    if (epoch === began.epoch && firstSeq <= began.seq) return counted;
    sentCounts ??= createSentCounts(await heard());
    let judged = 0;
    for (const entry of entries) {
      const verdict = entry.good ? verdicts[judged++] : undefined;
      if (!entry.good) {
        if (entry.reading.type !== heartbeat) sentCounts.arrived(entry.reading.source);
      } else if (entry.type !== heartbeat) sentCounts.arrived(entry.source);
      else if (verdict === undefined || verdict.disposition === 'accepted') {
        const { sent_count } = sourceHeartbeat.parse(JSON.parse(entry.open));
        counted.set(
          entry,
          sentCounts.heartbeat(entry.source, sent_count, new Date(entry.timeUs / 1_000).toISOString()),
        );
      }
    }
    return counted;
  }

  return {
    stream: streams.events,
    table: 'events',
    structure: eventsStructure,
    gatherMsMax: 250,
    read: (message) => readEntries(message, reader),
    prepare,
    begin,
  };
}

/** A duplicate's content is kept only where it differs from what was accepted. */
const isKept = (verdict: Verdict | undefined) =>
  verdict === undefined || verdict.disposition === 'accepted' || verdict.reason === 'content-differs';

function keysNeeded(good: GoodEntry[], verdicts: Verdict[], bad: BadEntry[]): Set<KeyName> {
  const names = new Set<KeyName>();
  for (const [i, entry] of good.entries())
    if (entry.keyName !== undefined && isKept(verdicts[i])) names.add(entry.keyName);
  for (const entry of bad) names.add(dayKeyAt(entry.timeUs));
  return names;
}

// One row per event: literal objects, since object spread costs more here than all the rest (measured).
function goodRow(
  entry: GoodEntry,
  verdict: Verdict,
  epoch: Epoch,
  vault: Vault,
  counted: SentRecord | undefined,
): EventsRow {
  return {
    epoch: epoch.epoch,
    seq: entry.seq,
    idx: entry.idx,
    eventsInMessage: entry.eventsInMessage,
    streamCreatedUs: epoch.streamCreatedUs,
    ingestedAtUs: entry.timeUs,
    timeMs: entry.timeMs,
    source: entry.source,
    type: entry.type,
    id: entry.id,
    idHash: entry.idHash,
    contentHash: entry.contentHash,
    disposition: verdict.disposition,
    reason: verdict.disposition === 'accepted' ? '' : verdict.reason,
    ticketId: entry.ticketId,
    customerId: entry.customerId,
    face: entry.face,
    data: isKept(verdict) ? withCounted(withSealed(entry, vault), entry, epoch, counted) : '',
    settles: entry.settles,
  };
}

/** The open part as JSON, with the personal part sealed in "sealed", or named as "dropped" when its key was destroyed. */
function withSealed(entry: GoodEntry, vault: Vault): string {
  if (entry.keyName === undefined) return entry.open;
  const result = vault.sealText(entry.keyName, entry.personal);
  const extra = 'sealed' in result ? `"sealed":"${result.sealed}"` : `"dropped":"${result.dropped}"`;
  return entry.open === '{}' ? `{${extra}}` : `${entry.open.slice(0, -1)},${extra}}`;
}

/** A heartbeat's row says where it stands, so that a new session counts on from there. */
function withCounted(data: string, { seq, idx }: GoodEntry, { epoch }: Epoch, counted: SentRecord | undefined): string {
  return counted === undefined
    ? data
    : `${data.slice(0, -1)},"counted":${JSON.stringify({ ...counted, epoch, seq, idx })}}`;
}

function badRow({ reading, seq, idx, eventsInMessage, timeUs }: BadEntry, epoch: Epoch, blind: BlindIndex): EventsRow {
  return {
    epoch: epoch.epoch,
    seq,
    idx,
    eventsInMessage,
    streamCreatedUs: epoch.streamCreatedUs,
    ingestedAtUs: timeUs,
    timeMs: reading.timeMs,
    source: reading.source,
    type: reading.type,
    id: hideContact(reading.id, blind),
    idHash: zero,
    contentHash: zero,
    disposition: 'rejected',
    reason: reading.reason,
    ticketId: '',
    customerId: '',
    face: noFace,
    data: '',
    // What was refused settles nothing: it is another one that waits.
    settles: '',
  };
}
