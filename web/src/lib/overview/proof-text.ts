import type { KpiFigure, KpiName, KpiReceipt } from '@deskwire/contracts/kpi';
import { formatClock, formatCount, formatDay, formatRange } from '../format';
import { figureText } from './figure-text';
import { kpiWords } from './kpi-words';

interface ProofQuestion {
  name: KpiName;
  receipt: KpiFigure & Pick<KpiReceipt, 'from' | 'to' | 'as_of' | 'completeness' | 'simulated'>;
  /** Whose tickets: "Billing, low only". */
  scope: string;
  zone: string;
  link: string;
}

/** A number as it is copied: value, n, scope, range, as of when, how complete, whether invented, and where to look it up. */
export function proofText({ name, receipt, scope, zone, link }: ProofQuestion): string {
  const { from, to, as_of, completeness, simulated } = receipt;
  const { text, bound } = figureText(name, receipt, completeness);
  const { state, why } = completeness;
  return [
    `${kpiWords[name].label}: ${bound === 'at least' ? 'at least ' : ''}${text}${bound === 'may change' ? ', may change' : ''} (n ${formatCount(receipt.n)})`,
    `${scope}, ${formatRange(from, to, zone, 'always')} ${zone}`,
    `as of ${formatDay(as_of, zone)}, ${formatClock(as_of, zone)}, ${state}${why === undefined ? '' : `: ${why}`}`,
    ...(simulated === undefined ? [] : [`Simulated data: ${simulatedWords(simulated)}`]),
    link,
  ].join('\n');
}

/** What is said of a figure wherever it may count invented tickets. */
export const simulatedWords = (sources: readonly string[]) => `may count invented tickets of ${sources.join(', ')}`;
