import { isoRange, figureOf, groupsOf, readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import { readKpis, type KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import type { KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiFilters } from '@deskwire/contracts/kpi-request';
import type { KpiName } from '@deskwire/contracts/kpi';
import { askedNames, drawnNames, teamNames, type FiguresByName, type OverviewFigures } from '../overview/figures';

export interface OverviewQuestion {
  scope: string;
  range: KpiRange;
  compared: KpiRange;
  /** Where buckets begin, the first at `range.from`. */
  edges: number[];
  stepMs: number;
  filters: KpiFilters;
  /** Read before this call: what it says to be stored is in the figures then. */
  flow: FlowReport;
}

/**
 * Everything that the overview draws, a few statements at a time: a dozen at once would take each other's two seconds on a
 * small machine. Throws QueryError.
 */
export async function readOverview(
  client: Parameters<typeof readKpis>[0],
  question: OverviewQuestion,
): Promise<OverviewFigures> {
  const { scope, range, compared, edges, stepMs, filters, flow } = question;
  const answers = await readKpiAnswers(client, { names: askedNames, range, filters, flow });
  const [drawn, priorities] = await Promise.all([
    readKpis(client, { names: drawnNames, range, edges, filters }),
    readKpis(client, { names: ['backlog'], range, filters, by: 'priority' }),
  ]);
  const teams = await readKpis(client, { names: teamNames, range, filters, by: 'team' });
  const before = await readKpis(client, { names: askedNames, range: compared, filters });
  const teamsBefore = await readKpis(client, { names: ['solved'], range: compared, filters, by: 'team' });
  const watermark = answers.backlog?.watermark ?? null;
  const knownUntil = watermark === null ? -Infinity : Date.parse(watermark);
  return {
    scope,
    ...isoRange(range),
    at: flow.at,
    answers,
    compared: { ...isoRange(compared), figures: figuresOf(before, askedNames) },
    stepMs,
    buckets: bucketsOf(drawn, edges, range.to, knownUntil),
    priorities: groupsOf(priorities, 'backlog'),
    teams: teamsOf(teams, teamsBefore),
  };
}

function bucketsOf(rows: KpiRow[], edges: number[], end: number, knownUntil: number): OverviewFigures['buckets'] {
  const byBucket = new Map<number, KpiRow[]>();
  for (const row of rows) byBucket.set(row.bucket, [...(byBucket.get(row.bucket) ?? []), row]);
  return edges.map((from, place) => {
    const to = edges[place + 1] ?? end;
    const span = isoRange({ from, to });
    if (from >= knownUntil) return { ...span, state: 'unknown', figures: {} };
    const figures = figuresOf(byBucket.get(from) ?? [], drawnNames);
    return { ...span, state: to <= knownUntil ? 'known' : 'provisional', figures };
  });
}

function teamsOf(rows: KpiRow[], before: KpiRow[]): OverviewFigures['teams'] {
  const teams = [...new Set(rows.map(({ group }) => group))].sort();
  const of = (team: string, all: KpiRow[]) => all.filter(({ group }) => group === team);
  return teams.map((team) => ({
    team,
    figures: figuresOf(of(team, rows), teamNames),
    compared: figuresOf(of(team, before), ['solved']),
  }));
}

function figuresOf(rows: readonly KpiRow[], names: readonly KpiName[]): FiguresByName {
  return Object.fromEntries(names.map((name) => [name, figureOf(rows, name)]));
}
