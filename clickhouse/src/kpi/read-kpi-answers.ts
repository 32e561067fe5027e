import type { KpiAnswer, KpiAnswers, KpiFigure, KpiGroup, KpiName } from '@deskwire/contracts/kpi';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import type { FlowProof } from './completeness.ts';
import type { KpiDoor } from './kpi-door.ts';
import { readKpiProof } from './kpi-proof.ts';
import type { KpiRange } from './kpi-range.ts';
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
}

/** KPIs of a range with what proves them. Throws QueryError. */
export async function readKpiAnswers(kpis: KpiDoor, question: AnswersQuestion): Promise<KpiAnswers> {
  const { names, range, filters, by = 'none', previous = false, flow, upTo } = question;
  const before = { from: 2 * range.from - range.to, to: range.from };
  const [proofOf, proofBefore] = await Promise.all([
    readKpiProof(kpis, range, flow),
    previous ? readKpiProof(kpis, before, flow) : undefined,
  ]);
  const [rows, earlier] = await Promise.all([
    kpis.figures({ names, range, filters, by, asOf: flow.at, upTo }),
    previous ? kpis.figures({ names, range: before, filters, asOf: flow.at }) : [],
  ]);
  const answerOf = (name: KpiName): KpiAnswer => ({
    ...figureOf(rows, name),
    ...proofOf(name),
    ...(proofBefore !== undefined && {
      previous: { ...figureOf(earlier, name), ...isoRange(before), completeness: proofBefore(name).completeness },
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
