import type { FlowReport, FlowSource } from '@deskwire/contracts/flow';
import { formatAgo, formatClock, formatDay, formatRate, formatSpan } from '../../../lib/format';
import type { Retiring } from './retiring.svelte';

export interface SourceProps {
  source: FlowSource;
  report: FlowReport;
  /** False: these are the last known figures, and what the source does now is not known. */
  fresh: boolean;
  zone: string;
  /** Server time, Unix ms. */
  now: number;
  /** Whoever looks may retire a source. */
  mayRetire: boolean;
  retiring: Retiring;
}

const dayMs = 86_400_000;

/** A source in words, for a row or a card. Pure. */
export function sourceFacts({ source, fresh, zone, now }: Pick<SourceProps, 'source' | 'fresh' | 'zone' | 'now'>) {
  const { watermark, lastReceivedAt, lastEventAt, heartbeat } = source;
  // Where nobody listens any more, nothing counts on.
  const seen = (iso: string) => (fresh ? formatAgo(now - Date.parse(iso)) : `at ${formatClock(iso, zone, now)}`);
  // History that is replayed arrives now but happened long ago: both have to be said.
  const isOld =
    lastEventAt !== null && lastReceivedAt !== null && Date.parse(lastReceivedAt) - Date.parse(lastEventAt) > dayMs;
  return {
    rate: fresh ? formatRate(source.ratePerS) : '–',
    lag: fresh && watermark !== null ? formatSpan(now - Date.parse(watermark)) : '–',
    storedUpTo: watermark === null ? 'not known' : `to ${formatClock(watermark, zone, now)}`,
    lastEvent: lastReceivedAt === null ? '–' : seen(lastReceivedAt),
    dated: isOld ? `dated ${formatDay(lastEventAt, zone)}` : undefined,
    heartbeat:
      heartbeat === null
        ? 'no heartbeat sent'
        : `heartbeat ${seen(heartbeat.at)}, every ${formatSpan(heartbeat.intervalS * 1_000).replace('.0', '')}`,
  };
}

/** Only of what is known to be silent now. */
export const canRetire = ({ source, fresh, mayRetire }: Pick<SourceProps, 'source' | 'fresh' | 'mayRetire'>) =>
  mayRetire && fresh && source.state === 'silent';
