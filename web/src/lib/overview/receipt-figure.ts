import type { KpiAnswers, KpiFigure } from '@deskwire/contracts/kpi';
import { formatClock } from '../format';
import type { ReceiptQuestion } from './ask-receipt';
import type { OverviewFigures } from './figures';
import { scopeLabel } from './kpi-words';
import type { TrustMark } from './trust-mark';
import type { ReceiptChoice, View } from './view';

/** A figure and since when it stands, ISO. */
export interface FigureAt {
  figure: KpiFigure;
  at: string;
}

interface Shown {
  view: Pick<View, 'range' | 'priority'>;
  answers: KpiAnswers | undefined;
  figures: OverviewFigures;
}

/** What the API is asked for a receipt. Today has no range, and days until now have no end: they go on. */
export function questionOf(
  choice: ReceiptChoice,
  { view, figures }: Pick<Shown, 'view' | 'figures'>,
): Omit<ReceiptQuestion, 'cursor'> {
  const whole = { from: figures.from, to: goesOn.includes(view.range.name) ? undefined : figures.to };
  return {
    ...{ name: choice.name, scope: figures.scope, team: choice.team },
    ...{
      priority: choice.priority ?? view.priority,
      range: choice.span ?? (view.range.name === 'today' ? undefined : whole),
    },
  };
}

/** What is complete of a range that goes on is so as of a moment. */
export function receiptMark(mark: TrustMark, question: Pick<ReceiptQuestion, 'range'>, asOf: string, zone: string) {
  const goesOn = question.range?.to === undefined;
  return goesOn && mark.state === 'complete' ? { ...mark, word: `complete as of ${formatClock(asOf, zone)}` } : mark;
}

/** Whose tickets those are: "Billing, low only". */
export function receiptScope({ scope, team, priority }: Pick<ReceiptQuestion, 'scope' | 'team' | 'priority'>): string {
  return scopeLabel(team === undefined ? scope : `team:${team}`, priority);
}

/** The same figure as the page shows it now; undefined where it shows none. Pure. */
export function shownFigure(choice: ReceiptChoice, { view, answers, figures }: Shown): FigureAt | undefined {
  const { name, team, priority, span } = choice;
  const [isOfTeam, isOfPriority] = [team !== undefined, priority !== undefined && priority !== view.priority];
  const read = (figure: KpiFigure | undefined) => (figure === undefined ? undefined : { figure, at: figures.at });
  if (span !== undefined) {
    if (isOfTeam || isOfPriority) return undefined;
    const bucket = figures.buckets.find(({ from, to }) => from === span.from && to === span.to);
    return read(bucket?.figures[name]);
  }
  if (isOfTeam) return isOfPriority ? undefined : read(figures.teams.find((row) => row.team === team)?.figures[name]);
  if (isOfPriority) {
    const isKnown = name === 'backlog' && answers?.backlog?.completeness.state !== 'unknown';
    return isKnown ? read(figures.priorities.find(({ group }) => group === priority) ?? none) : undefined;
  }
  const answer = answers?.[name];
  return answer === undefined ? undefined : { figure: answer, at: answer.as_of };
}

/** Whether `now` says something else than what was read, and is not the older of the two. */
export function hasMovedOn(read: FigureAt, now: FigureAt | undefined): boolean {
  if (now === undefined || Date.parse(now.at) <= Date.parse(read.at)) return false;
  return now.figure.n !== read.figure.n || JSON.stringify(now.figure.value) !== JSON.stringify(read.figure.value);
}

const goesOn: readonly string[] = ['today', '7d', '28d'];
const none: KpiFigure = { value: null, n: 0 };
