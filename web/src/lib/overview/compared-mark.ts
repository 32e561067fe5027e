import type { KpiFigure, KpiName } from '@deskwire/contracts/kpi';
import { comparedWords } from './compare-words';
import type { OverviewFigures } from './figures';
import { isDoubt, trustMark, type TrustedMark } from './trust-mark';
import type { View } from './view';

/** What speaks against the figure of the period before, and so against a comparison with it; `says`: all of it, in a line. */
export interface ComparedMark extends TrustedMark {
  says: string;
}

/** Undefined where nothing does. Pure. */
export function comparedMark(
  name: KpiName,
  { compared }: Pick<OverviewFigures, 'compared'>,
  { view, zone }: { view: Pick<View, 'range'>; zone: string },
): ComparedMark | undefined {
  const completeness = compared.completeness[name] ?? { state: 'unknown' };
  const mark = trustMark({ completeness, asOf: compared.to, fresh: true, isToday: false, zone });
  if (!isDoubt(mark)) return undefined;
  const why = completeness.why === undefined ? '' : `: ${completeness.why}`;
  return { mark, completeness, says: `${comparedWords(view.range)}: ${mark.word}${why}` };
}

/** The figure of the period before; undefined where it is not known. */
export function comparedFigure(name: KpiName, { compared }: Pick<OverviewFigures, 'compared'>): KpiFigure | undefined {
  return isKnownBefore(name, { compared }) ? compared.figures[name] : undefined;
}

/** Of what is not known nothing differs. */
export const isKnownBefore = (name: KpiName, { compared }: Pick<OverviewFigures, 'compared'>) =>
  (compared.completeness[name]?.state ?? 'unknown') !== 'unknown';
