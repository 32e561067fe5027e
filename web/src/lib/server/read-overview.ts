import { ticketsEnd } from '@deskwire/clickhouse/flow-streams';
import { drawnUntil } from '@deskwire/clickhouse/kpi/completeness';
import { readKpiProof } from '@deskwire/clickhouse/kpi/kpi-proof';
import { isoRange, groupsOf, readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import type { KpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import type { KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import type { KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import type { OldestOpen } from '@deskwire/clickhouse/oldest-open';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiFilters } from '@deskwire/contracts/kpi-request';
import type { KpiAnswers, KpiFigure, KpiName } from '@deskwire/contracts/kpi';
import { askedNames, drawnNames, teamNames } from '../overview/figure-names';
import type { FiguresByName, OverviewFigures } from '../overview/figures';

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

export interface OverviewDoor {
  kpis: KpiDoor;
  /** Of all teams, as of now; none where they cannot be read. */
  oldestOpen: (priority: string[]) => Promise<OldestOpen[]>;
}

/**
 * Everything that the overview draws, a few statements at a time: all at once would take each other's two seconds on a small
 * machine. Throws QueryError.
 */
export async function readOverview(
  { kpis, oldestOpen }: OverviewDoor,
  question: OverviewQuestion,
): Promise<OverviewFigures> {
  const { scope, range, compared, edges, stepMs, filters, flow } = question;
  const byTeam = await readKpiAnswers(kpis, { names: askedNames, range, filters, by: 'team', flow });
  const [drawn, priorities, proofBefore] = await Promise.all([
    kpis.figures({ names: drawnNames, range, edges, filters, asOf: flow.at }),
    // All of them, also when one was chosen: the others are what it can be changed to.
    kpis.figures({ names: ['backlog'], range, filters: { ...filters, priority: [] }, by: 'priority', asOf: flow.at }),
    readKpiProof(kpis, compared, flow),
  ]);
  // Which tickets were open at an earlier time is not asked: that would read all that ever happened.
  const isNow = range.to >= Date.parse(flow.at);
  const [before, oldest] = await Promise.all([
    kpis.figures({ names: askedNames, range: compared, filters, by: 'team', asOf: flow.at }),
    isNow ? oldestOpen(filters.priority) : [],
  ]);
  const knownUntil = byTeam.backlog === undefined ? -Infinity : drawnUntil(byTeam.backlog, { range, flow });
  return {
    scope,
    ...isoRange(range),
    at: flow.at,
    stored: ticketsEnd(flow) ?? null,
    // Groups stand in `teams`.
    answers: Object.fromEntries(
      Object.entries(byTeam).map(([name, answer]) => [name, { ...answer, groups: undefined }]),
    ),
    compared: {
      ...{ ...isoRange(compared), figures: figuresOf(before, null, askedNames) },
      completeness: Object.fromEntries(askedNames.map((name) => [name, proofBefore(name).completeness])),
    },
    stepMs,
    buckets: bucketsOf(drawn, edges, range.to, knownUntil),
    priorities: groupsOf(priorities, 'backlog'),
    teams: teamsOf(byTeam, before, oldest),
  };
}

function bucketsOf(rows: KpiRow[], edges: number[], end: number, knownUntil: number): OverviewFigures['buckets'] {
  const byBucket = new Map<number, KpiRow[]>();
  for (const row of rows) byBucket.set(row.bucket, [...(byBucket.get(row.bucket) ?? []), row]);
  return edges.map((from, place) => {
    const to = edges[place + 1] ?? end;
    const span = isoRange({ from, to });
    if (from >= knownUntil) return { ...span, state: 'unknown', figures: {} };
    const figures = figuresOf(byBucket.get(from) ?? [], null, drawnNames);
    return { ...span, state: to <= knownUntil ? 'known' : 'provisional', figures };
  });
}

function teamsOf(answers: KpiAnswers, before: KpiRow[], oldest: OldestOpen[]): OverviewFigures['teams'] {
  const groupsBy = (name: KpiName) => answers[name]?.groups ?? [];
  const teams = [...new Set(teamNames.flatMap(groupsBy).map(({ group }) => group))].sort();
  return teams.map((team) => {
    const figureBy = (name: KpiName): KpiFigure => {
      const { value, n, business } = groupsBy(name).find(({ group }) => group === team) ?? nothing;
      return { value, n, business };
    };
    const { ticket_id, created_at } = oldest.find((row) => row.team === team) ?? {};
    return {
      team,
      oldest: ticket_id === undefined || created_at === undefined ? null : { ticket_id, created_at },
      figures: Object.fromEntries(teamNames.map((name) => [name, figureBy(name)])),
      compared: figuresOf(before, team, ['solved']),
    };
  });
}

/** Of a group, or of the whole. */
function figuresOf(rows: readonly KpiRow[], group: string | null, names: readonly KpiName[]): FiguresByName {
  const figureBy = (name: KpiName) => rows.find((row) => row.kpi === name && row.group === group)?.figure ?? nothing;
  return Object.fromEntries(names.map((name) => [name, figureBy(name)]));
}

const nothing: KpiFigure = { value: null, n: 0, business: undefined };
