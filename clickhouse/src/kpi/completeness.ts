import type { FlowGap, FlowReport, FlowStream } from '@deskwire/contracts/flow';
import type { Completeness } from '@deskwire/contracts/kpi';
import { staleLagMs } from '@deskwire/contracts/kpi-definitions';
import { streams } from '@deskwire/contracts/subjects';
import { counted } from '../counted.ts';
import type { KpiFacts } from './kpi-facts.ts';
import type { KpiRange } from './kpi-range.ts';
import { lossesOf, type Loss } from './losses.ts';

/** What is to be known of the data flow before a figure can be trusted. `sources` may be a second older than the rest. */
export type FlowProof = Pick<FlowReport, 'at' | 'streams' | 'sources' | 'gaps'>;

export interface CompletenessQuestion {
  range: KpiRange;
  /** Backlog and unassigned rest on all of history, everything else on the range. */
  isState: boolean;
  /** Read before the figures, as `facts`: what is said to be in them then is. */
  flow: FlowProof;
  facts: KpiFacts;
}

/**
 * How far a figure can be trusted; of several reasons the worst counts. What a silent source has not told has no bound, so it is worse
 * than what is known to be missing, which is said beside it. Pure.
 */
export function completenessOf(question: CompletenessQuestion): Completeness {
  const [silence, lost] = [silent(question), incomplete(lossesOf(question))];
  if (silence !== undefined && lost !== undefined) return { ...silence, why: `${silence.why}; ${lost.why}` };
  return silence ?? lost ?? stale(question) ?? revised(question) ?? provisional(question) ?? complete;
}

const complete: Completeness = { state: 'complete' };
type Explained = Completeness & { why: string };

/**
 * Every event that reached EVENTS before this time is in ticket_changes, and in the ledger, which alone tells of rejected ones; ISO;
 * null when nothing is known.
 */
export function watermarkOf(flow: FlowProof, facts: KpiFacts): string | null {
  const events = flow.streams.find(({ stream }) => stream === streams.events);
  if (events === undefined) return facts.floor_at;
  const applied = appliedUntil(flow, events, facts);
  if (events.lagMessages === 0) return applied;
  if (applied === null || events.watermark === null) return null;
  return Date.parse(events.watermark) < Date.parse(applied) ? events.watermark : applied;
}

/** The time of the report when the desk has applied all events and its changes are stored, otherwise the floor of the newest of these. */
function appliedUntil(flow: FlowProof, events: FlowStream, facts: KpiFacts): string | null {
  const tickets = flow.streams.find(({ stream }) => stream === streams.tickets);
  if (events.headSeq === null) return facts.floor_at;
  const last = lastReadable(
    events.headSeq,
    flow.gaps.filter((gap) => gap.stream === streams.events && gap.epoch === events.epoch),
  );
  const reached = last === 0 || (facts.floor_epoch === events.epoch && facts.floor_seq >= last);
  const stored = tickets === undefined || tickets.lagMessages === 0;
  return reached && stored && events.lagMessages !== null ? flow.at : facts.floor_at;
}

/**
 * Until when figures over time can be drawn, Unix ms: up to the watermark, and not beyond the last sign of life of a source that fell
 * silent. What lies behind is not known to be zero.
 */
export function drawnUntil(
  { watermark }: { watermark: string | null },
  question: Pick<CompletenessQuestion, 'range' | 'flow'>,
): number {
  const known = watermark === null ? -Infinity : Date.parse(watermark);
  // Whatever else is wrong, and worse, ends no silence.
  const silence = silent(question)?.from;
  return silence === undefined ? known : Math.min(known, Date.parse(silence));
}

/** The end of a stream without what is gone for good there: no desk will ever read that. */
function lastReadable(head: number, gaps: FlowGap[]): number {
  const hole = gaps.find((gap) => gap.fromSeq <= head && head <= gap.toSeq);
  return hole === undefined ? head : lastReadable(hole.fromSeq - 1, gaps);
}

/** All that is missing, added up: of two losses neither may hide behind the other. */
function incomplete(losses: readonly Loss[]): Explained | undefined {
  if (losses.length === 0) return undefined;
  const counts = losses.flatMap(({ missing }) => (missing === undefined ? [] : [missing]));
  const spans = losses.flatMap(({ span }) => (span === undefined ? [] : [span]));
  const rejected = losses.find((loss) => loss.rejected !== undefined)?.rejected;
  const [from] = spans.map((span) => span.from).sort();
  const to = spans
    .map((span) => span.to)
    .sort()
    .at(-1);
  return {
    state: 'incomplete',
    ...(counts.length === losses.length && { missing: counts.reduce((sum, count) => sum + count, 0) }),
    ...(rejected !== undefined && { rejected }),
    ...(spans.length === losses.length && { from, to, ...(spans.length > 1 && { spans }) }),
    why: losses.map(({ why }) => why).join('; '),
  };
}

/** A source that went silent has told everything up to its last sign of life. */
function silent({ range, flow }: Pick<CompletenessQuestion, 'range' | 'flow'>): Explained | undefined {
  const sources = flow.sources.filter(
    ({ state, heartbeat }) => state === 'silent' && heartbeat !== null && Date.parse(heartbeat.at) < range.to,
  );
  if (sources.length === 0) return undefined;
  const since = sources.map(({ heartbeat }) => heartbeat?.at ?? '').sort()[0] ?? iso(range.from);
  const names = sources.map(({ source }) => source);
  const why = `no sign of life from ${names.join(', ')} for 3 heartbeat intervals`;
  return { state: 'unknown', from: since, to: iso(range.to), silent: names, why };
}

function stale(question: CompletenessQuestion): Completeness | undefined {
  const { range, flow, facts } = question;
  const watermark = watermarkOf(flow, facts);
  if (watermark !== null && Date.parse(watermark) >= range.to) return undefined;
  const end = { ...(watermark === null ? {} : { from: watermark }), to: iso(range.to) };
  const unseen = flow.streams.find(({ headSeq, lagMessages }) => headSeq === null || lagMessages === null);
  if (unseen !== undefined)
    return { state: 'stale', ...end, why: `it is not known what waits in ${unseen.stream}: NATS does not answer` };
  const ageMs = watermark === null ? Infinity : Date.parse(flow.at) - Date.parse(watermark);
  if (ageMs <= staleLagMs) return undefined;
  const age =
    watermark === null
      ? 'no event is counted yet'
      : `events of the last ${Math.round(ageMs / 1_000)} s are not counted yet`;
  return { state: 'stale', ...end, why: age };
}

/** What came late moved nothing (decision 10): the figures are not what they would be, had it come in its place. */
function revised({ facts }: CompletenessQuestion): Completeness | undefined {
  if (facts.late === 0) return undefined;
  const why = counted(
    facts.late,
    'change arrived too late to count; the figures may differ by it',
    'changes arrived too late to count; the figures may differ by them',
  );
  return { state: 'revised', why };
}

function provisional({ range, flow, facts }: CompletenessQuestion): Completeness | undefined {
  const watermark = watermarkOf(flow, facts);
  if (watermark !== null && Date.parse(watermark) >= range.to) return undefined;
  const from = watermark === null || Date.parse(watermark) < range.from ? iso(range.from) : watermark;
  return { state: 'provisional', from, to: iso(range.to), why: 'the range goes beyond what is known so far' };
}

const iso = (ms: number) => new Date(ms).toISOString();
