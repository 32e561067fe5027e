import type { KpiFigure, KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';
import { formatCount } from '../format';
import { figureText } from './figure-text';
import type { TrustedMark } from './trust-mark';

/** A figure in a cell: as short as it can be said, and never a number that claims too much. */
export interface CellText {
  text: string;
  /** For those who hear it. */
  said: string;
  /** In quiet ink: nothing stands behind it, or too little. */
  isQuiet: boolean;
  /** Of how many a rate or a median is. */
  n?: string;
}

export function cellText(name: KpiName, figure: KpiFigure | undefined, trusted: TrustedMark): CellText {
  const { mark, completeness } = trusted;
  const quiet = (text: string, said = text): CellText => ({ text, said, isQuiet: true });
  if (figure === undefined || mark.state === 'unknown') return quiet('no data', 'not known');
  const { kind } = kpiDefinitions[name];
  const isStale = mark.state === 'stale';
  if (figure.n === 0 && (kind === 'events' || kind === 'state')) {
    if (completeness.state !== 'incomplete') return quiet('0');
    if (kind === 'events') return quiet('≥ 0', 'at least 0');
    return quiet(completeness.missing === undefined ? '0' : `0 ± ${formatCount(completeness.missing)}`);
  }
  if (figure.n === 0) return quiet('none');
  const { text, bound, isNumber } = figureText(name, figure, completeness);
  const n = isNumber && (kind === 'duration' || kind === 'share') ? { n: `n ${formatCount(figure.n)}` } : {};
  const said = bound === undefined ? text : bound === 'at least' ? `at least ${text}` : `${text}, may change`;
  return { text: bound === 'at least' ? `≥ ${text}` : text, said, isQuiet: isStale || !isNumber, ...n };
}
