import type { ClickHouseClient } from '@clickhouse/client';
import { isSimulated } from '@deskwire/contracts/demo';
import type { FlowReport, FlowSource } from '@deskwire/contracts/flow';
import type { Disposition } from '@deskwire/contracts/reasons';
import { streams } from '@deskwire/contracts/subjects';
import type { z } from 'zod';
import { flowRates, flowSources, flowToday, settledCounts, spokeSince } from './flow-queries.ts';
import type { FlowDoor, StreamsProof } from './flow-streams.ts';
import { today } from './kpi/kpi-range.ts';
import { runQuery } from './query.ts';

const rateWindowS = 10;
/** Silence over this many heartbeat intervals makes a source unknown. */
const silentAfterIntervals = 3;
/** A source without heartbeats counts as live this long after its last event. */
const liveForMs = 30_000;

/** What each source has sent, what of it today, and what was rejected. `proof`: of the streams, read before. Throws QueryError. */
export async function readSources(
  { client, now, zone }: Pick<FlowDoor, 'client' | 'now' | 'zone'>,
  { at, streams: proved }: Pick<StreamsProof, 'at' | 'streams'>,
): Promise<Pick<FlowReport, 'sources' | 'rejected' | 'today'>> {
  const dayFrom = new Date(today(Date.parse(at), zone).from).toISOString();
  // Where days begin with those of UTC, what is counted by day says it all.
  const isUtcDay = dayFrom.endsWith('T00:00:00.000Z');
  const [sourceRows, todayRows, rates] = await Promise.all([
    runQuery(client, flowSources, { today: dayFrom.slice(0, 10) }),
    isUtcDay ? undefined : runQuery(client, flowToday, { from: dayFrom.slice(0, 19).replace('T', ' ') }),
    runQuery(client, flowRates, { at: utcText(at), seconds: rateWindowS }),
  ]);
  const rejected = sourceRows.filter((row) => row.disposition === 'rejected');
  const settled = rejected.length === 0 ? [] : await runQuery(client, settledCounts, { stream: streams.events });
  const settledOf = new Map(settled.map((row) => [`${row.source} ${row.reason}`, row.settled]));
  const rateOf = new Map(rates.map((row) => [row.source, row.events / rateWindowS]));
  const watermark = proved.find(({ stream }) => stream === streams.events)?.watermark ?? null;
  const bySource = new Map(
    sourceRows.map(({ source }) => [source, sourceRows.filter((row) => row.source === source)] as const),
  );
  const spoke = await readSpoke(client, bySource);
  const sources = [...bySource].map(([source, rows]) =>
    toSource(source, rows, { ratePerS: rateOf.get(source) ?? 0, watermark, spoke: spoke.has(source) }, now()),
  );
  const ofToday = todayRows ?? sourceRows.map(({ disposition, events_today: events }) => ({ disposition, events }));
  return {
    today: { from: dayFrom, ...countedBy(ofToday) },
    sources: sources.sort((a, b) => a.source.localeCompare(b.source)),
    rejected: rejected
      .map(({ source, reason, events }) => {
        // One that was rejected and settled since the first question is in the second answer only.
        const waiting = Math.max(0, events - (settledOf.get(`${source} ${reason}`) ?? 0));
        return { source, reason, count: events, waiting };
      })
      .sort((a, b) => b.waiting - a.waiting || b.count - a.count),
  };
}

/** Which sources have sent something after their final heartbeat. Only asked where something of them came later. */
async function readSpoke(client: ClickHouseClient, bySource: Map<string, SourceRow[]>): Promise<Set<string>> {
  const asked = [...bySource].flatMap(([source, rows]) => {
    const accepted = rows.find((row) => row.disposition === 'accepted');
    const at = accepted?.heartbeat_data?.final === true ? accepted.heartbeat_at : null;
    const last = latest(rows.map((row) => row.last_received_at));
    return at !== null && last !== null && last > at ? [{ source, at, last }] : [];
  });
  if (asked.length === 0) return new Set();
  const rows = await runQuery(client, spokeSince, {
    sources: asked.map(({ source }) => source),
    times: asked.map(({ at }) => utcText(at)),
    to: utcText(latest(asked.map(({ last }) => last)) ?? ''),
  });
  return new Set(rows.map(({ source }) => source));
}

const utcText = (iso: string) => iso.slice(0, -1).replace('T', ' ');

type SourceRow = z.output<typeof flowSources.row>;

function toSource(
  source: string,
  rows: SourceRow[],
  { ratePerS, watermark, spoke }: { ratePerS: number; watermark: string | null; spoke: boolean },
  nowMs: number,
): FlowSource {
  const accepted = rows.find((row) => row.disposition === 'accepted');
  const lastReceivedAt = latest(rows.map((row) => row.last_received_at));
  const beat = accepted?.heartbeat_data ?? null;
  const heartbeat =
    beat === null || accepted === undefined || accepted.heartbeat_at === null
      ? null
      : { at: accepted.heartbeat_at, cursor: beat.cursor, intervalS: beat.interval_s, sentCount: beat.sent_count };
  const quietMs = lastReceivedAt === null ? Infinity : nowMs - Date.parse(lastReceivedAt);
  const state = beat?.final === true && !spoke ? 'retired' : sourceState(heartbeat, quietMs, nowMs);
  return {
    source,
    state,
    ...countedBy(rows),
    ratePerS,
    lastEventAt: accepted?.last_event_at ?? null,
    lastReceivedAt,
    watermark: sourceWatermark({ state, heartbeat, lastReceivedAt }, watermark),
    ...missingOf(beat),
    ...(isSimulated(source) && { simulated: true }),
    heartbeat,
  };
}

/** What ingest has found short at the last two heartbeats. */
function missingOf(beat: z.output<typeof flowSources.row>['heartbeat_data']): Pick<FlowSource, 'missing'> {
  if (beat?.counted === undefined || beat.counted.missing === 0) return {};
  const { missing: events, from, to } = beat.counted;
  return from === null || to === null ? {} : { missing: { events, from, to } };
}

/** In words; undefined events are none. */
export function notArrived({ source, missing }: Pick<FlowSource, 'source' | 'missing'>): string {
  const events = missing?.events ?? 0;
  return `${source} says that it has sent ${events === 1 ? '1 event' : `${events} events`} more than arrived`;
}

function countedBy(rows: { disposition: Disposition; events: number }[]) {
  const counted = { accepted: 0, duplicate: 0, rejected: 0 };
  for (const { disposition, events } of rows) counted[disposition] += events;
  return { ...counted, received: counted.accepted + counted.duplicate + counted.rejected };
}

function sourceState(heartbeat: FlowSource['heartbeat'], quietMs: number, nowMs: number): FlowSource['state'] {
  if (heartbeat === null) return quietMs < liveForMs ? 'live' : 'unannounced';
  if (nowMs - Date.parse(heartbeat.at) > silentAfterIntervals * heartbeat.intervalS * 1_000) return 'silent';
  return quietMs < liveForMs ? 'live' : 'idle';
}

/**
 * Until when everything of a source is stored: as far as its stream is. Of a source that is not heard, nothing is known beyond its
 * last sign of life: the heartbeat, or where it sends none the last event.
 */
export function sourceWatermark(
  { state, heartbeat, lastReceivedAt }: Pick<FlowSource, 'state' | 'heartbeat' | 'lastReceivedAt'>,
  ofStream: string | null,
): string | null {
  const isHeard = heartbeat !== null && (state === 'live' || state === 'idle');
  const known = isHeard ? ofStream : (heartbeat?.at ?? lastReceivedAt);
  return known === null || ofStream === null ? null : Date.parse(known) < Date.parse(ofStream) ? known : ofStream;
}

function latest(times: (string | null)[]): string | null {
  return times.reduce((best, time) => (time !== null && (best === null || time > best) ? time : best), null);
}
