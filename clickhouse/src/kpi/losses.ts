import type { FlowGap } from '@deskwire/contracts/flow';
import { streams } from '@deskwire/contracts/subjects';
import { counted, lostWords, unbalancedWords, unstoredWords } from '../counted.ts';
import { notArrived } from '../flow-sources.ts';
import type { CompletenessQuestion } from './completeness.ts';
import type { KpiRange } from './kpi-range.ts';

/** Something that a figure lacks. */
export interface Loss {
  /** How many events, or changes of tickets, at most; undefined: not known, or too many instead. */
  missing?: number;
  /** Of these, events that were rejected and wait to be mended. */
  rejected?: number;
  /** When it arrived or happened, ISO; undefined: not known. */
  span?: { from: string; to: string };
  why: string;
}

/** All that is known to be missing from a figure. One event may be in two of them: what is added up is a bound. Pure. */
export function lossesOf(question: CompletenessQuestion): Loss[] {
  return [unstored, unbalanced, gone, countedAgain, unreadable, notSent, rejected].flatMap((of) => of(question) ?? []);
}

type LossOf = (question: CompletenessQuestion) => Loss | undefined;

const unstored: LossOf = ({ flow }) => {
  const why = unstoredWords(flow.streams);
  return why === undefined ? undefined : { missing: flow.streams.reduce((sum, { missing }) => sum + missing, 0), why };
};

/** What is not stored says it already, and how much it is. */
const unbalanced: LossOf = ({ flow }) => {
  const odd = flow.streams.find(({ balanced, missing }) => !balanced && missing === 0);
  return odd && { why: unbalancedWords(odd.stream) };
};

/** What was lost had arrived before the message behind it, so it cannot have happened much later. */
const gone: LossOf = ({ flow, range, isState }) => {
  const lost = flow.gaps.filter((gap) => gap.reason !== 'erased' && (isState || lostBefore(gap) >= range.from));
  if (lost.length === 0) return undefined;
  const missing = lost.reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0);
  const ranges = lost.slice(0, 3).map((gap) => `${gap.stream} ${gap.fromSeq}-${gap.toSeq} (${gap.reason})`);
  const why = `${lostWords(missing)}: ${ranges.join(', ')}${lost.length > 3 ? ', ...' : ''}`;
  return { missing, span: spanOf(lost, range), why };
};

/**
 * Since when tickets are made again from EVENTS, of which the changes from before are stored too. Of EVENTS itself an event that comes
 * again is a duplicate.
 */
const countedAgain: LossOf = ({ flow, range, isState }) => {
  const again = flow.streams.find(({ stream }) => stream === streams.tickets)?.madeAgainAt;
  if (again === undefined || (!isState && Date.parse(again) <= range.from)) return undefined;
  const to = Math.max(range.from, Math.min(range.to, Date.parse(again)));
  const when = `${again.slice(0, 16).replace('T', ' ')} UTC`;
  const why = `the stream TICKETS was made again on ${when}: what happened before may be counted twice`;
  return { span: { from: iso(range.from), to: iso(to) }, why };
};

/** What it said had happened before it arrived. */
const unreadable: LossOf = ({ facts, range, isState }) => {
  const { unreadable: missing, unreadable_from, unreadable_to } = facts;
  if (unreadable_from === null || unreadable_to === null) return undefined;
  if (!isState && Date.parse(unreadable_to) < range.from) return undefined;
  const why = counted(
    missing,
    'change of a ticket arrived that cannot be read',
    'changes of tickets arrived that cannot be read',
  );
  return { missing, span: { from: isoOf(unreadable_from), to: isoOf(unreadable_to) }, why };
};

/** An event happened before it was sent, at the latest. */
const notSent: LossOf = ({ flow, range, isState }) => {
  const short = flow.sources.filter(({ missing }) => missing && (isState || Date.parse(missing.to) >= range.from));
  const known = short.flatMap(({ missing }) => missing ?? []);
  if (known.length === 0) return undefined;
  const times = known.flatMap(({ from, to }) => [from, to]).sort();
  const [from = iso(range.from), to = iso(range.to)] = [times[0], times.at(-1)];
  const missing = known.reduce((sum, { events }) => sum + events, 0);
  return { missing, span: { from, to }, why: short.map(notArrived).join(', ') };
};

/** Whatever was rejected at any time before may have opened or closed a ticket. */
const rejected: LossOf = ({ facts, range, isState }) => {
  const count = isState ? facts.rejected_before : facts.rejected;
  if (count === 0) return undefined;
  const which = isState ? '' : ' of the range';
  const why = counted(count, `rejected event${which} waits to be mended`, `rejected events${which} wait to be mended`);
  const { rejected_from: from, rejected_to: to } = facts;
  if (isState) return { missing: count, rejected: count, why };
  const isPlaced = from !== null && to !== null;
  const span = isPlaced ? { from: isoOf(from), to: isoOf(to) } : { from: iso(range.from), to: iso(range.to) };
  return { missing: count, rejected: count, span, why };
};

/** When losses arrived at the latest, Unix ms: before the next message, or before they were seen where none followed. */
const lostBefore = ({ arrivedBefore, detectedAt }: FlowGap) => Date.parse(arrivedBefore ?? detectedAt);

/** When the first loss arrived at the earliest, and the last at the latest. What lies before anything that is stored may be as old as the range. */
function spanOf(lost: FlowGap[], range: KpiRange): { from: string; to: string } {
  const earliest = lost.map(({ arrivedAfter }) => (arrivedAfter === null ? range.from : Date.parse(arrivedAfter)));
  const to = Math.max(...lost.map(lostBefore));
  return { from: iso(Math.min(to, ...earliest)), to: iso(to) };
}

const iso = (ms: number) => new Date(ms).toISOString();
/** To the millisecond. */
const isoOf = (time: string) => iso(Date.parse(time));
