import type { Completeness } from '@deskwire/contracts/kpi';
import { formatCount, formatMinute } from '../format';

export type MarkState = Completeness['state'];

/** The glyph and word of a figure's state (UI.md, "Trust, drawn"). */
export interface TrustMark {
  state: MarkState;
  word: string;
}

export interface MarkQuestion {
  completeness: Completeness;
  asOf: string;
  /** False: the page does not get what happens now. */
  fresh: boolean;
  isToday: boolean;
  zone: string;
}

export function trustMark({ completeness, asOf, fresh, isToday, zone }: MarkQuestion): TrustMark {
  const { state, missing, from } = completeness;
  switch (state) {
    case 'unknown':
      return { state, word: from === undefined ? 'no data' : `no data since ${formatMinute(from, zone)}` };
    case 'stale':
      return { state, word: `as of ${formatMinute(from ?? asOf, zone)}` };
    default:
  }
  if (!fresh) return { state: 'stale', word: `as of ${formatMinute(asOf, zone)}` };
  switch (state) {
    case 'complete':
      return { state, word: 'complete' };
    case 'provisional':
      return { state, word: isToday ? 'so far today' : 'so far' };
    case 'incomplete':
      return { state, word: missing === undefined ? 'incomplete' : `${formatCount(missing)} missing` };
    case 'revised':
      return { state, word: 'revised' };
    default:
      return state satisfies never;
  }
}
