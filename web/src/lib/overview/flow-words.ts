import type { FlowGap, FlowReport, FlowSource } from '@deskwire/contracts/flow';
import { formatAgo, formatCount, formatDay, formatWholeSpan } from '../format';

interface Seen {
  /** False: what happens now does not arrive here. */
  fresh: boolean;
  zone: string;
  /** Server time, Unix ms. */
  now: number;
  /** Messages have waited for too long to be stored. */
  late: boolean;
}

/** "12,431 events today, all accounted for": the second half is said only where the ledger adds up and nothing waits. */
export function flowWords(report: FlowReport, { fresh, zone, now, late }: Seen): string {
  const { received, from } = report.today;
  // What was read yesterday does not become today's by standing on the page.
  const isToday = formatDay(from, zone) === formatDay(now, zone);
  const count = `${formatCount(received)} ${received === 1 ? 'event' : 'events'} ${isToday ? 'today' : `on ${formatDay(from, zone)}`}`;
  return fresh ? `${count}, ${verdictOf(report, late)}` : `${count} when last read`;
}

/** "3 sources, none silent": what a phone has room for, beside those that are. */
export function sourcesWords({ sources }: FlowReport, fresh: boolean): string {
  const expected = sources.filter(({ state }) => state !== 'retired');
  const unannounced = expected.filter(({ state }) => state === 'unannounced').length;
  if (expected.length === 0) return 'No source yet';
  const count = `${formatCount(expected.length)} ${expected.length === 1 ? 'source' : 'sources'}`;
  if (!fresh) return count;
  return unannounced > 0 ? `${count}, ${formatCount(unannounced)} without heartbeat` : `${count}, none silent`;
}

/** As many as there is room for, each in its place: one that falls silent is not cut off, and pushes nobody aside. */
export function shownSources(sources: readonly FlowSource[], max: number): FlowSource[] {
  const bySilence = sources.toSorted((a, b) => Number(b.state === 'silent') - Number(a.state === 'silent'));
  const chosen = new Set(bySilence.slice(0, max));
  return sources.filter((source) => chosen.has(source));
}

/** What stands behind the word for its state: "12 s ago", "for 49 s". */
export function sourceAge(
  { state, lastReceivedAt }: Pick<FlowSource, 'state' | 'lastReceivedAt'>,
  now: number,
): string {
  if (lastReceivedAt === null) return '';
  const ms = now - Date.parse(lastReceivedAt);
  switch (state) {
    case 'live':
      return formatAgo(ms);
    case 'idle':
    case 'silent':
      return `for ${formatWholeSpan(ms)}`;
    default:
      // "No heartbeat 41 s ago" and "Retired 3 d ago" would say something else.
      return `last event ${formatAgo(ms)}`;
  }
}

function verdictOf({ state, streams, sources, gaps, totals, today }: FlowReport, late: boolean): string {
  const missing = streams.reduce((sum, stream) => sum + stream.missing, 0);
  if (missing > 0) return `${formatCount(missing)} missing`;
  const lost = gaps.filter(({ reason }) => reason !== 'erased');
  const isOfToday = ({ arrivedBefore, detectedAt }: FlowGap) =>
    Date.parse(arrivedBefore ?? detectedAt) >= Date.parse(today.from);
  const lostToday = messagesOf(lost.filter(isOfToday));
  if (lostToday > 0) return `${formatCount(lostToday)} lost`;
  if (!totals.balanced) return 'not all accounted for';
  const isSilent = sources.some((source) => source.state === 'silent');
  // A silent source is named beside this; anything else that is not known may hide events of today.
  if (state === 'unknown' && (!isSilent || streams.some(({ lagMessages }) => lagMessages === null)))
    return 'not known whether all';
  if (late) return 'catching up';
  const rejected = today.rejected > 0 ? `, ${formatCount(today.rejected)} rejected` : '';
  // Not of today, whenever that was found; and yet it speaks against what else the page shows.
  const lostBefore = messagesOf(lost);
  return `all accounted for${rejected}${lostBefore > 0 ? `, ${formatCount(lostBefore)} lost before today` : ''}`;
}

const messagesOf = (gaps: readonly FlowGap[]) => gaps.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
