import type { FlowGap, FlowReport } from '@deskwire/contracts/flow';
import type { Completeness } from '@deskwire/contracts/kpi';
import { streams } from '@deskwire/contracts/subjects';
import { counted, lostWords } from '../counted.ts';
import { notArrived } from '../flow-sources.ts';
import type { KpiFacts } from './kpi-facts.ts';
import type { KpiRange } from './kpi-range.ts';

/** A watermark older than this, while events wait, makes figures stale. */
const staleAfterMs = 30_000;

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

/** How far a figure can be trusted; of several reasons the worst counts. Pure. */
export function completenessOf(question: CompletenessQuestion): Completeness {
  return (
    missing(question) ?? silent(question) ?? stale(question) ?? revised(question) ?? provisional(question) ?? complete
  );
}

const complete: Completeness = { state: 'complete' };

/**
 * Every event that reached EVENTS before this time is in ticket_changes, ISO; null when nothing is known. It is the time of the
 * report when the desk has applied all events and all its changes are stored, otherwise the floor of the newest stored change.
 */
export function watermarkOf(flow: FlowProof, facts: KpiFacts): string | null {
  const events = flow.streams.find(({ stream }) => stream === streams.events);
  const tickets = flow.streams.find(({ stream }) => stream === streams.tickets);
  if (events === undefined || events.headSeq === null) return facts.floor_at;
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

function missing({ range, isState, flow, facts }: CompletenessQuestion): Completeness | undefined {
  const holes = flow.streams.reduce((sum, stream) => sum + stream.missing, 0);
  if (holes > 0) {
    const where = flow.streams
      .filter((stream) => stream.missing > 0)
      .map(({ stream }) => stream)
      .join(' and ');
    return {
      state: 'incomplete',
      missing: holes,
      why: `${counted(holes, `position of ${where} has`, `positions of ${where} have`)} no row and no recorded gap`,
    };
  }
  const odd = flow.streams.find((stream) => !stream.balanced);
  if (odd !== undefined)
    return { state: 'incomplete', why: `rows and announced events of ${odd.stream} do not add up` };
  // What was lost had arrived before the message behind it, so it cannot have happened much later.
  const lost = flow.gaps.filter((gap) => gap.reason !== 'erased' && (isState || lostBefore(gap) >= range.from));
  if (lost.length > 0) {
    const count = lost.reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0);
    const ranges = lost.slice(0, 3).map((gap) => `${gap.stream} ${gap.fromSeq}-${gap.toSeq} (${gap.reason})`);
    const why = `${lostWords(count)}: ${ranges.join(', ')}${lost.length > 3 ? ', ...' : ''}`;
    return { state: 'incomplete', missing: count, ...spanOf(lost, range), why };
  }
  // What it said had happened before it arrived.
  const { unreadable, unreadable_from, unreadable_to } = facts;
  if (unreadable_from !== null && unreadable_to !== null && (isState || Date.parse(unreadable_to) >= range.from)) {
    const span = { from: iso(Date.parse(unreadable_from)), to: iso(Date.parse(unreadable_to)) };
    return { state: 'incomplete', missing: unreadable, ...span, why: unreadableWords(unreadable) };
  }
  // An event happened before it was sent, at the latest.
  const short = flow.sources.filter(
    ({ missing: one }) => one !== undefined && (isState || Date.parse(one.to) >= range.from),
  );
  if (short.length > 0) {
    const events = short.reduce((sum, source) => sum + (source.missing?.events ?? 0), 0);
    const times = short
      .flatMap((source) => (source.missing === undefined ? [] : [source.missing.from, source.missing.to]))
      .sort();
    const why = short.map(notArrived).join(', ');
    return { state: 'incomplete', missing: events, from: times[0], to: times.at(-1), why };
  }
  // Whatever was rejected before may have opened or closed a ticket.
  if (isState && facts.rejected_before > 0)
    return {
      state: 'incomplete',
      missing: facts.rejected_before,
      why: `${rejectedWords(facts.rejected_before)} in quarantine`,
    };
  if (isState || facts.rejected === 0) return undefined;
  const why = `${rejectedWords(facts.rejected, ' of the range')} in quarantine`;
  return { state: 'incomplete', missing: facts.rejected, from: iso(range.from), to: iso(range.to), why };
}

const unreadableWords = (count: number) =>
  counted(count, 'change of a ticket arrived that cannot be read', 'changes of tickets arrived that cannot be read');

const rejectedWords = (count: number, which = '') =>
  counted(count, `rejected event${which} waits`, `rejected events${which} wait`);

/** When losses arrived at the latest, Unix ms: before the next message, or before they were seen where none followed. */
const lostBefore = ({ arrivedBefore, detectedAt }: FlowGap) => Date.parse(arrivedBefore ?? detectedAt);

/** When the first loss arrived at the earliest, and the last at the latest. What lies before anything that is stored may be as old as the range. */
function spanOf(lost: FlowGap[], range: KpiRange): { from: string; to: string } {
  const earliest = lost.map(({ arrivedAfter }) => (arrivedAfter === null ? range.from : Date.parse(arrivedAfter)));
  const to = Math.max(...lost.map(lostBefore));
  return { from: iso(Math.min(to, ...earliest)), to: iso(to) };
}

/** A source that went silent has told everything up to its last sign of life. */
function silent({ range, flow }: Pick<CompletenessQuestion, 'range' | 'flow'>): Completeness | undefined {
  const sources = flow.sources.filter(
    ({ state, heartbeat }) => state === 'silent' && heartbeat !== null && Date.parse(heartbeat.at) < range.to,
  );
  if (sources.length === 0) return undefined;
  const since = sources.map(({ heartbeat }) => heartbeat?.at ?? '').sort()[0] ?? iso(range.from);
  const why = `no sign of life from ${sources.map(({ source }) => source).join(', ')} for 3 heartbeat intervals`;
  return { state: 'unknown', from: since, to: iso(range.to), why };
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
  if (ageMs <= staleAfterMs) return undefined;
  const age =
    watermark === null
      ? 'no event has been applied yet'
      : `events of the last ${Math.round(ageMs / 1_000)} s are not counted yet`;
  return { state: 'stale', ...end, why: age };
}

function revised({ facts }: CompletenessQuestion): Completeness | undefined {
  if (facts.late === 0) return undefined;
  return {
    state: 'revised',
    why: `${counted(facts.late, 'change', 'changes')} of this range arrived after something that happened later`,
  };
}

function provisional({ range, flow, facts }: CompletenessQuestion): Completeness | undefined {
  const watermark = watermarkOf(flow, facts);
  if (watermark !== null && Date.parse(watermark) >= range.to) return undefined;
  const from = watermark === null || Date.parse(watermark) < range.from ? iso(range.from) : watermark;
  return { state: 'provisional', from, to: iso(range.to), why: 'the range goes beyond what is known so far' };
}

const iso = (ms: number) => new Date(ms).toISOString();
