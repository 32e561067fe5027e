import type { Completeness, KpiFigure, KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions, whyNotMeasured } from '@deskwire/contracts/kpi-definitions';
import { formatCount, formatDuration, formatShare } from '../format';
import { kpiWords } from './kpi-words';

/** A figure as it is written: with its bound, or with a word where a number would claim too much. */
export interface FigureText {
  /** False: what stands here is a word. */
  isNumber: boolean;
  text: string;
  /** What an incomplete figure is bound by. */
  bound: 'at least' | 'may change' | undefined;
  /** Beside the number: the slow end of a duration, and n. */
  aside: string | undefined;
}

/** Below this a median or a rate says less than its n. */
export const fewMax = 4;

export function figureText(name: KpiName, figure: KpiFigure, completeness?: Completeness): FigureText {
  const { kind, measured } = kpiDefinitions[name];
  const { value, n } = figure;
  const word = (text: string, aside?: string): FigureText => ({ isNumber: false, text, bound: undefined, aside });
  if (!measured) return word(kpiWords[name].none, whyNotMeasured[name]);
  if (completeness?.state === 'unknown') return word('–');
  if (value === null || n === 0)
    return word(kpiWords[name].none, kind === 'duration' || kind === 'share' ? 'n 0' : undefined);
  const incomplete = completeness?.state === 'incomplete';
  if (kind === 'events')
    return { isNumber: true, text: countText(value), bound: incomplete ? 'at least' : undefined, aside: undefined };
  if (kind === 'state') {
    const missing = incomplete && completeness.missing !== undefined ? ` ± ${formatCount(completeness.missing)}` : '';
    return { isNumber: true, text: countText(value) + missing, bound: undefined, aside: undefined };
  }
  if (n <= fewMax) return word(`${n} ${nounOf(name)}${n === 1 ? '' : 's'}`);
  const bound = incomplete ? 'may change' : undefined;
  const ofN = `n ${formatCount(n)}`;
  return typeof value === 'number'
    ? { isNumber: true, text: formatShare(value), bound, aside: ofN }
    : { isNumber: true, text: formatDuration(value.p50), bound, aside: `p90 ${formatDuration(value.p90)}, ${ofN}` };
}

const countText = (value: NonNullable<KpiFigure['value']>) => (typeof value === 'number' ? formatCount(value) : '–');
const nounOf = (name: KpiName) => (name === 'csat' ? 'rating' : 'ticket');

/** A figure as one number, for charts and comparisons: medians of durations; null where there is none. */
export function plainValue(name: KpiName, figure: KpiFigure | undefined): number | null {
  if (figure === undefined) return null;
  if (typeof figure.value === 'number') return figure.value;
  if (figure.value !== null) return figure.value.p50;
  const { kind } = kpiDefinitions[name];
  // Nothing happened and nothing is open: that is known to be zero. A median or a rate of nothing is not.
  return kind === 'events' || kind === 'state' ? 0 : null;
}

export function formatPlain(name: KpiName, value: number): string {
  switch (kpiDefinitions[name].kind) {
    case 'duration':
      return formatDuration(value);
    case 'share':
      return formatShare(value);
    default:
      return formatCount(value);
  }
}
