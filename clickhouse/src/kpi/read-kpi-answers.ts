import type { KpiAnswer, KpiAnswers, KpiFigure, KpiGroup, KpiName } from '@deskwire/contracts/kpi';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import type { FlowProof } from './completeness.ts';
import type { KpiDoor } from './kpi-door.ts';
import { readKpiProof, type KpiProof } from './kpi-proof.ts';
import { periodBefore, type KpiRange } from './kpi-range.ts';
import type { ChangesEnd, KpiRow } from './read-kpis.ts';

export interface AnswersQuestion {
  names: readonly KpiName[];
  range: KpiRange;
  filters?: Partial<KpiFilters> | undefined;
  by?: KpiBy | undefined;
  /** Also the period of equal length before. */
  previous?: boolean;
  /** Read before this call: what it says to be stored is in the figures then. */
  flow: FlowProof;
  upTo?: ChangesEnd | undefined;
  /** Of each of the two periods. */
  figuresMax?: number | undefined;
}

/** What answers are made of: rows of a range, of the period before it, and what proves them. */
export interface KpiReading {
  rows: readonly KpiRow[];
  proofOf: (name: KpiName) => KpiProof;
  previous?: { range: KpiRange; rows: readonly KpiRow[]; proofOf: (name: KpiName) => KpiProof };
}

/** KPIs of a range with what proves them. Throws QueryError and TooManyFigures. */
export async function readKpiAnswers(kpis: KpiDoor, question: AnswersQuestion): Promise<KpiAnswers> {
  return answersOf(await readForAnswers(kpis, question), question);
}

/** Throws QueryError and TooManyFigures. */
export async function readForAnswers(kpis: KpiDoor, question: AnswersQuestion): Promise<KpiReading> {
  const { names, range, filters, by = 'none', previous = false, flow, upTo, figuresMax } = question;
  const before = periodBefore(range);
  const [proofOf, proofBefore] = await Promise.all([
    readKpiProof(kpis, range, flow),
    previous ? readKpiProof(kpis, before, flow) : undefined,
  ]);
  const [rows, earlier] = await Promise.all([
    kpis.figures({ names, range, filters, by, asOf: flow.at, upTo, figuresMax }),
    previous ? kpis.figures({ names, range: before, filters, by, asOf: flow.at, figuresMax }) : [],
  ]);
  if (proofBefore === undefined) return { rows, proofOf };
  return { rows, proofOf, previous: { range: before, rows: earlier, proofOf: proofBefore } };
}

/** `by` says whether there are groups beside the whole. */
export function answersOf(
  { rows, proofOf, previous }: KpiReading,
  { names, by = 'none' }: Pick<AnswersQuestion, 'names' | 'by'>,
): KpiAnswers {
  const answerOf = (name: KpiName): KpiAnswer => ({
    ...figureOf(rows, name),
    ...proofOf(name),
    ...(previous !== undefined && {
      previous: {
        ...figureOf(previous.rows, name),
        ...isoRange(previous.range),
        completeness: previous.proofOf(name).completeness,
      },
    }),
    ...(by !== 'none' && { groups: groupsOf(rows, name) }),
  });
  return Object.fromEntries(names.map((name) => [name, answerOf(name)]));
}

/** Of the whole. What has no row stands for nothing: n is 0 and there is no value. */
export function figureOf(rows: readonly KpiRow[], name: KpiName): KpiFigure {
  return rows.find(({ kpi, group }) => kpi === name && group === null)?.figure ?? { value: null, n: 0 };
}

/** Groups of a KPI, the largest first. */
export function groupsOf(rows: readonly KpiRow[], name: KpiName): KpiGroup[] {
  return rows
    .flatMap(({ kpi, group, figure }) => (kpi !== name || group === null ? [] : [{ group, ...figure }]))
    .sort((a, b) => b.n - a.n || (a.group < b.group ? -1 : 1));
}

export function isoRange({ from, to }: KpiRange): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
