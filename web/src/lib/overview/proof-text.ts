import type { KpiAnswer, KpiName } from '@deskwire/contracts/kpi';
import { formatClock, formatCount, formatRange } from '../format';
import { figureText } from './figure-text';
import type { OverviewFigures } from './figures';
import { kpiWords, scopeLabel } from './kpi-words';
import type { Priority } from './view';

interface ProofQuestion {
  name: KpiName;
  answer: KpiAnswer;
  figures: OverviewFigures;
  priority: Priority | undefined;
  zone: string;
  link: string;
}

/** A number as it is copied: value, n, scope, range, as of when, how complete, and where to look it up. */
export function proofText({ name, answer, figures, priority, zone, link }: ProofQuestion): string {
  const { text, bound } = figureText(name, answer, answer.completeness);
  const { state, why } = answer.completeness;
  return [
    `${kpiWords[name].label}: ${bound === 'at least' ? 'at least ' : ''}${text}${bound === 'may change' ? ', may change' : ''} (n ${formatCount(answer.n)})`,
    `${scopeLabel(figures.scope, priority)}, ${formatRange(figures.from, figures.to, zone)} ${zone}`,
    `as of ${formatClock(answer.as_of, zone)}, ${state}${why === undefined ? '' : `: ${why}`}`,
    link,
  ].join('\n');
}
