import type { ClickHouseClient } from '@clickhouse/client';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiAnswer, KpiAnswers, KpiFigure, KpiGroup, KpiName } from '@deskwire/contracts/kpi';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import { readKpiProof } from './kpi-proof.ts';
import type { KpiRange } from './kpi-range.ts';
import { readKpis, type KpiRow } from './read-kpis.ts';

export interface AnswersQuestion {
  names: readonly KpiName[];
  range: KpiRange;
  filters?: Partial<KpiFilters> | undefined;
  by?: KpiBy | undefined;
  /** Also the period of equal length before. */
  previous?: boolean;
  /** Read before this call: what it says to be stored is in the figures then. */
  flow: FlowReport;
}

/** KPIs of a range with what proves them. Throws QueryError. */
export async function readKpiAnswers(client: ClickHouseClient, question: AnswersQuestion): Promise<KpiAnswers> {
  const { names, range, filters, by = 'none', previous = false, flow } = question;
  const proofOf = await readKpiProof(client, range, flow);
  const before = { from: 2 * range.from - range.to, to: range.from };
  const [totals, groups, earlier] = await Promise.all([
    readKpis(client, { names, range, filters }),
    by === 'none' ? [] : readKpis(client, { names, range, filters, by }),
    previous ? readKpis(client, { names, range: before, filters }) : [],
  ]);
  const answerOf = (name: KpiName): KpiAnswer => ({
    ...figureOf(totals, name),
    ...proofOf(name),
    ...(previous && { previous: { ...figureOf(earlier, name), ...isoRange(before) } }),
    ...(by !== 'none' && { groups: groupsOf(groups, name) }),
  });
  return Object.fromEntries(names.map((name) => [name, answerOf(name)]));
}

/** What has no row stands for nothing: n is 0 and there is no value. */
export function figureOf(rows: readonly KpiRow[], name: KpiName): KpiFigure {
  return rows.find(({ kpi }) => kpi === name)?.figure ?? { value: null, n: 0 };
}

/** Groups of a KPI, the largest first. */
export function groupsOf(rows: readonly KpiRow[], name: KpiName): KpiGroup[] {
  return rows
    .filter(({ kpi }) => kpi === name)
    .map(({ group, figure }) => ({ group, ...figure }))
    .sort((a, b) => b.n - a.n || (a.group < b.group ? -1 : 1));
}

export function isoRange({ from, to }: KpiRange): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
