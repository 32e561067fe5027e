import type { ClickHouseClient } from '@clickhouse/client';
import { kpiNames, type KpiFigure, type KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import { z } from 'zod';
import { count, runQuery } from '../query.ts';
import { isLong, type KpiRange } from './kpi-range.ts';
import { figuresSql, type KpiShape } from './kpi-sql.ts';
import type { OpenTickets } from './open-tickets.ts';
import { isOverResultRows, TooManyFigures } from './too-many-figures.ts';

export interface KpiQuestion {
  names: readonly KpiName[];
  range: KpiRange;
  /** Where buckets begin, the first at `range.from`; absent: one bucket. Each is a period of its own. */
  edges?: readonly number[] | undefined;
  filters?: Partial<KpiFilters> | undefined;
  by?: KpiBy | undefined;
  /** When the data flow was read that stands as proof beside the figures, ISO: an answer to an older question does not do. */
  asOf?: string | undefined;
  /** Created, solved and reopened count changes up to this position of TICKETS only; absent: all that are stored. */
  upTo?: ChangesEnd | undefined;
  /** Of more figures (KPIs times buckets times groups) there is no answer but TooManyFigures; absent: of any number. */
  figuresMax?: number | undefined;
}

/** A position of TICKETS. */
export interface ChangesEnd {
  epoch: number;
  seq: number;
}

/** One figure: of a bucket, by the Unix ms of its beginning, and a group: null is the whole, '' where the dimension is not set. */
export interface KpiRow {
  kpi: KpiName;
  bucket: number;
  group: string | null;
  figure: KpiFigure;
}

/**
 * The figures of KPIs, of the whole and of each group; what has n = 0 has no row. What happened in the range and what is open are two statements at the same time.
 * `openTickets`: knows the states of one bucket from before. Throws TooManyFigures, and QueryError; the server gives up on a statement after 2 s, about a long range after 10 s.
 */
export async function readKpis(
  client: ClickHouseClient,
  question: KpiQuestion,
  openTickets?: OpenTickets,
): Promise<KpiRow[]> {
  const edges = question.edges ?? [question.range.from];
  if (question.range.from >= question.range.to) return [];
  const isOpenKept = openTickets !== undefined && edges.length === 1 && question.names.some(isState);
  const params = paramsOf(question, edges);
  const sqls = figuresSql(question.names, shapeOf(question, edges), isOpenKept ? 'kept' : 'asked');
  const { figuresMax = Infinity } = question;
  // A row has a figure at least.
  const rowsMax = figuresMax === Infinity ? {} : { max_result_rows: String(figuresMax) };
  const found = await Promise.all([
    ...sqls.map(async (sql) => {
      const query = { sql: `-- kpis: ${question.names.join(', ')}\n${sql}`, params: kpiParams, row: figureRow };
      return foundIn(await runQuery(client, query, params, { ...kpiSettings(question.range), ...rowsMax }));
    }),
    ...(isOpenKept ? [openTickets(client, question)] : []),
  ]).catch((error: unknown) => {
    throw isOverResultRows(error) ? new TooManyFigures('more rows than figures', { cause: error }) : error;
  });
  const asked = found.flat().filter(({ kpi }) => question.names.includes(kpi));
  const figures = figuresIn(asked, edges);
  if (figures > figuresMax) throw new TooManyFigures(`${figures} figures`);
  // Where rows are missing more may have left than came: of that nothing is known, which is said elsewhere.
  return edges.length === 1 ? asked.filter(({ n }) => n > 0).map(toRow) : withStates(asked, edges);
}

/** How many figures rows stand for: a state, of which a row says how it changed, has one in every bucket. */
function figuresIn(rows: readonly Found[], edges: readonly number[]): number {
  if (edges.length === 1) return rows.filter(({ n }) => n > 0).length;
  const series = new Set(rows.filter(({ kpi }) => isState(kpi)).map(({ kpi, group }) => JSON.stringify([kpi, group])));
  return rows.filter(({ kpi, n }) => !isState(kpi) && n > 0).length + series.size * edges.length;
}

const isState = (name: KpiName) => kpiDefinitions[name].kind === 'state';

export const foundIn = (rows: readonly FigureRow[]): Found[] =>
  rows.flatMap(({ bucket_from: bucket, is_whole, group_key, figures }) => {
    const group = is_whole === 1 ? null : group_key;
    return figures.map(([kpi, n, values]) => ({ kpi, bucket, group, n, values }));
  });

/** Seconds. 1,000 values of each filter make a long statement. */
export const kpiSettings = (range: KpiRange) => ({
  max_execution_time: isLong(range) ? 10 : 2,
  max_query_size: '4000000',
});

/** What every statement about KPIs takes. Times are UTC text, `edges` Unix ms, empty filters let everything pass. */
export const kpiParams = z.object({
  from: z.string(),
  to: z.string(),
  edges: z.array(z.number()),
  whole_days: z.string(),
  whole_months: z.string(),
  ...{ team: z.array(z.string()), priority: z.array(z.string()), channel: z.array(z.string()) },
  ...{ source: z.array(z.string()), assignee: z.array(z.string()) },
  ...{ up_to_epoch: count, up_to_seq: count },
});

export function paramsOf({ range, filters = {}, upTo }: KpiQuestion, edges: readonly number[]) {
  // Everything before the second bucket is part of the first one's state; whole months and days of it are read as sums.
  const wholeDays = utcText(edges[1] ?? range.to).slice(0, 10);
  const { team = [], priority = [], channel = [], source = [], assignee = [] } = filters;
  return {
    from: utcText(range.from),
    to: utcText(range.to),
    edges: [...edges],
    whole_days: wholeDays,
    whole_months: `${wholeDays.slice(0, 8)}01`,
    ...{ team, priority, channel, source, assignee },
    ...{ up_to_epoch: upTo?.epoch ?? 0, up_to_seq: upTo?.seq ?? 0 },
  };
}

export function shapeOf({ by = 'none', filters = {}, upTo }: KpiQuestion, edges: readonly number[]): KpiShape {
  return { by, filters, manyBuckets: edges.length > 1, hasEnd: upTo !== undefined };
}

export const utcText = (ms: number) => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

export const figureRow = z.object({
  bucket_from: count,
  group_key: z.string(),
  is_whole: count,
  /** A mean over nothing is null. */
  figures: z.array(z.tuple([z.enum(kpiNames), z.number().int(), z.array(z.number().nullable())])),
});
export type FigureRow = z.output<typeof figureRow>;
export interface Found {
  kpi: KpiName;
  bucket: number;
  group: string | null;
  n: number;
  values: (number | null)[];
}

function toRow({ kpi, bucket, group, n, values }: Found): KpiRow {
  const [first, p90, mean, businessP50, businessP90, businessMean] = values.map((value) => value ?? 0);
  const figure =
    kpiDefinitions[kpi].kind === 'duration'
      ? {
          value: { p50: first ?? 0, p90: p90 ?? 0, mean: mean ?? 0 },
          n,
          business: { p50: businessP50 ?? 0, p90: businessP90 ?? 0, mean: businessMean ?? 0 },
        }
      : { value: first ?? n, n };
  return { kpi, bucket, group, figure };
}

/** States come as changes: a running sum over the buckets makes the value at each one's end. */
function withStates(rows: Found[], edges: readonly number[]): KpiRow[] {
  const others = rows.filter(({ kpi, n }) => kpiDefinitions[kpi].kind !== 'state' && n > 0).map(toRow);
  const states = rows.filter(({ kpi }) => kpiDefinitions[kpi].kind === 'state');
  const keyOf = (...key: (string | number | null)[]) => JSON.stringify(key);
  const changes = new Map(states.map(({ kpi, bucket, group, n }) => [keyOf(kpi, bucket, group), n]));
  const series = new Map(states.map((row) => [keyOf(row.kpi, row.group), row]));
  for (const { kpi, group } of series.values()) {
    let n = 0;
    for (const bucket of edges) {
      n += changes.get(keyOf(kpi, bucket, group)) ?? 0;
      if (n > 0) others.push({ kpi, bucket, group, figure: { value: n, n } });
    }
  }
  return others;
}
