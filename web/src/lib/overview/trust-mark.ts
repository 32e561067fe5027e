import type { Completeness, KpiAnswer } from '@deskwire/contracts/kpi';
import { formatCount, formatMinute } from '../format';
import type { View } from './view';

export type MarkState = Completeness['state'];

/** The glyph and word of a figure's state (UI.md, "Trust, drawn"). */
export interface TrustMark {
  state: MarkState;
  word: string;
  /** The same with the source that it is about, for where there is room. */
  named?: string;
}

/** A mark beside the completeness that it stands for. */
export interface TrustedMark {
  mark: TrustMark;
  completeness: Completeness;
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
  const { state, missing, from, silent = [] } = completeness;
  switch (state) {
    case 'unknown': {
      const since = from === undefined ? '' : ` since ${formatMinute(from, zone)}`;
      const whose = silent.length === 1 ? silent[0] : `${silent.length} sources`;
      return { state, word: `no data${since}`, ...(silent.length > 0 && { named: `no data from ${whose}${since}` }) };
    }
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
      return { state, word: 'may differ' };
    default:
      return state satisfies never;
  }
}

/** Whether it speaks against a number. */
export const isDoubt = ({ state }: TrustMark) => state !== 'complete';

/** Among many figures: what is stale is grey there, what is provisional is as good as it can be of now; both are said once beside them, not fifty times. */
export const isMarkedAmongMany = (mark: TrustMark) =>
  isDoubt(mark) && mark.state !== 'stale' && mark.state !== 'provisional';

/** The worst of several, which a panel of many figures says once in words. */
export function worstMark(marks: readonly TrustMark[]): TrustMark | undefined {
  return marks.toSorted((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state))[0];
}
const worstFirst: MarkState[] = ['unknown', 'incomplete', 'stale', 'revised', 'provisional', 'complete'];

/** The mark of all figures that an answer speaks for; without one nothing is known of them. */
export function markOf({
  answer,
  view,
  ...shown
}: { answer: KpiAnswer | undefined; view: Pick<View, 'range'> } & Pick<
  MarkQuestion,
  'asOf' | 'fresh' | 'zone'
>): TrustedMark {
  const completeness: Completeness = answer?.completeness ?? { state: 'unknown' };
  return { completeness, mark: trustMark({ completeness, isToday: view.range.name === 'today', ...shown }) };
}
