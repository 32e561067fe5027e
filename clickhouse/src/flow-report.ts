import type { ClickHouseClient } from '@clickhouse/client';
import type { FlowGap, FlowReport, FlowSource, FlowStream } from '@deskwire/contracts/flow';
import { streams as names } from '@deskwire/contracts/subjects';
import type { z } from 'zod';
import { flowRates, flowSources, recordedGaps, settledCounts, streamTips } from './flow-queries.ts';
import { runQuery } from './query.ts';
import { proveStream, type StreamHead } from './stream-proof.ts';

const ledgers = [
  { stream: names.events, table: 'events' },
  { stream: names.tickets, table: 'ticket_changes' },
];

const rateWindowS = 10;
/** Silence over this many heartbeat intervals makes a source unknown. */
const silentAfterIntervals = 3;
/** A source without heartbeats counts as live this long after its last event. */
const liveForMs = 30_000;

export interface FlowDoor {
  client: ClickHouseClient;
  /** Last position of a stream; null when NATS does not answer. */
  streamHead: (stream: string) => Promise<StreamHead>;
  /** Unix time, ms. */
  now: () => number;
}

/** The data flow as a whole, from the ledger itself. Throws QueryError when ClickHouse does not answer. */
export async function readFlowReport(door: FlowDoor): Promise<FlowReport> {
  const first = await readOnce(door);
  // A gap that was recorded between two of the queries looks like a hole: only what is still there when asked again is one.
  return first.streams.some((stream) => stream.missing > 0) ? readOnce(door) : first;
}

async function readOnce({ client, streamHead, now }: FlowDoor): Promise<FlowReport> {
  // Heads, then tips, then what they promise: a message that arrives in between shows as stored, never as a false
  // "behind", and a stream without lag never stands beside counts that are older than its tip.
  const heads = await Promise.all(ledgers.map(({ stream }) => streamHead(stream)));
  const at = new Date(now()).toISOString();
  const tips = await Promise.all(ledgers.map(({ table }) => runQuery(client, streamTips, { table })));
  const [sourceRows, rates, gapRows] = await Promise.all([
    runQuery(client, flowSources, {}),
    runQuery(client, flowRates, { at: at.slice(0, -1).replace('T', ' '), seconds: rateWindowS }),
    runQuery(client, recordedGaps, {}),
  ]);
  const rejected = sourceRows.filter((row) => row.disposition === 'rejected');
  const settled = rejected.length === 0 ? [] : await runQuery(client, settledCounts, { stream: names.events });
  const settledOf = new Map(settled.map((row) => [`${row.source} ${row.reason}`, row.settled]));
  const gaps = gapRows.map(toGap);
  const ofStream = (name: string) => (row: { stream: string }) => row.stream === name;
  const streams = ledgers
    .map(({ stream }, i) => {
      const rows = (tips[i] ?? []).filter(ofStream(stream));
      return proveStream(stream, rows, gaps.filter(ofStream(stream)), heads[i] ?? null, at);
    })
    // Where no desk has worked yet there is nothing to say of its tickets.
    .filter(({ stream, headSeq, committedSeq }) => stream === names.events || committedSeq > 0 || (headSeq ?? 0) > 0);
  const rateOf = new Map(rates.map((row) => [row.source, row.events / rateWindowS]));
  const sources = [...new Set(sourceRows.map((row) => row.source))].map((source) =>
    toSource(
      source,
      sourceRows.filter((row) => row.source === source),
      rateOf.get(source) ?? 0,
      now(),
    ),
  );
  const sum = (of: (source: FlowSource) => number) => sources.reduce((total, source) => total + of(source), 0);
  const balanced = streams.every((stream) => stream.balanced);
  return {
    at,
    ...verdict(streams, sources, gaps),
    totals: {
      received: sum((s) => s.received),
      accepted: sum((s) => s.accepted),
      duplicate: sum((s) => s.duplicate),
      rejected: sum((s) => s.rejected),
      balanced,
    },
    ratePerS: sum((source) => source.ratePerS),
    streams,
    sources: sources.sort((a, b) => a.source.localeCompare(b.source)),
    rejected: rejected
      .map(({ source, reason, events }) => {
        // One that was rejected and settled since the first question is in the second answer only.
        const waiting = Math.max(0, events - (settledOf.get(`${source} ${reason}`) ?? 0));
        return { source, reason, count: events, waiting };
      })
      .sort((a, b) => b.waiting - a.waiting || b.count - a.count),
    gaps,
  };
}

function toSource(
  source: string,
  rows: z.output<typeof flowSources.row>[],
  ratePerS: number,
  nowMs: number,
): FlowSource {
  const counted = { accepted: 0, duplicate: 0, rejected: 0 };
  for (const row of rows) counted[row.disposition] += row.events;
  const accepted = rows.find((row) => row.disposition === 'accepted');
  const lastReceivedAt = latest(rows.map((row) => row.last_received_at));
  const beat = accepted?.heartbeat_data ?? null;
  const heartbeat =
    beat === null || accepted === undefined || accepted.heartbeat_at === null
      ? null
      : { at: accepted.heartbeat_at, cursor: beat.cursor, intervalS: beat.interval_s, sentCount: beat.sent_count };
  const quietMs = lastReceivedAt === null ? Infinity : nowMs - Date.parse(lastReceivedAt);
  return {
    source,
    state: sourceState(heartbeat, quietMs, nowMs),
    ...counted,
    received: counted.accepted + counted.duplicate + counted.rejected,
    ratePerS,
    lastEventAt: accepted?.last_event_at ?? null,
    lastReceivedAt,
    heartbeat,
  };
}

function sourceState(heartbeat: FlowSource['heartbeat'], quietMs: number, nowMs: number): FlowSource['state'] {
  if (heartbeat === null) return quietMs < liveForMs ? 'live' : 'unannounced';
  if (nowMs - Date.parse(heartbeat.at) > silentAfterIntervals * heartbeat.intervalS * 1_000) return 'silent';
  return quietMs < liveForMs ? 'live' : 'idle';
}

/** One word for the whole flow, worst first, with its reason. */
function verdict(streams: FlowStream[], sources: FlowSource[], gaps: FlowGap[]): Pick<FlowReport, 'state' | 'why'> {
  const missing = streams.reduce((sum, stream) => sum + stream.missing, 0);
  if (missing > 0) return { state: 'incomplete', why: `${missing} stream positions have no row and no recorded gap` };
  const lost = gaps.filter((gap) => gap.reason !== 'erased').reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0);
  if (lost > 0) return { state: 'incomplete', why: `${lost} messages were gone before they could be read` };
  if (streams.some((stream) => !stream.balanced))
    return { state: 'incomplete', why: 'rows and announced events do not add up' };
  const unseen = streams.find((stream) => stream.lagMessages === null);
  if (unseen !== undefined) {
    return {
      state: 'unknown',
      why:
        unseen.headSeq === null
          ? 'NATS does not answer, so it is not known what is waiting'
          : `${unseen.stream} was made again and is not read yet`,
    };
  }
  const silent = sources.filter((source) => source.state === 'silent').map((source) => source.source);
  if (silent.length > 0) return { state: 'unknown', why: `no sign of life from ${silent.join(', ')}` };
  const waiting = streams.reduce((sum, stream) => sum + (stream.lagMessages ?? 0), 0);
  return waiting > 0
    ? { state: 'behind', why: `${waiting} messages wait to be stored` }
    : { state: 'complete', why: null };
}

function latest(times: (string | null)[]): string | null {
  return times.reduce((best, time) => (time !== null && (best === null || time > best) ? time : best), null);
}

export function toGap(row: z.output<typeof recordedGaps.row>): FlowGap {
  return {
    stream: row.stream,
    epoch: row.epoch,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    reason: row.reason,
    detectedAt: row.detected_at,
  };
}
