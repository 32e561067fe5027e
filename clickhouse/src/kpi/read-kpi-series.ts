import type { KpiBucket, KpiGrain, KpiName, KpiSeries } from '@deskwire/contracts/kpi';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import { drawnUntil, type FlowProof } from './completeness.ts';
import type { KpiDoor } from './kpi-door.ts';
import { readKpiProof, type KpiProof } from './kpi-proof.ts';
import type { KpiRange } from './kpi-range.ts';
import { figureOf, groupsOf, isoRange } from './read-kpi-answers.ts';
import type { KpiRow } from './read-kpis.ts';

export interface SeriesQuestion {
  name: KpiName;
  range: KpiRange;
  /** From bucketEdges, for `grain` and `zone`. */
  edges: readonly number[];
  grain: KpiGrain;
  zone: string;
  filters?: Partial<KpiFilters> | undefined;
  by?: KpiBy | undefined;
  /** Read before this call. */
  flow: FlowProof;
  figuresMax?: number | undefined;
}

/** What a series is made of: rows by bucket, and what proves them. */
export interface SeriesReading {
  question: SeriesQuestion;
  rows: readonly KpiRow[];
  proof: KpiProof;
}

/** For every bucket of a range, each a period of its own. Throws QueryError and TooManyFigures. */
export async function readForSeries(kpis: KpiDoor, question: SeriesQuestion): Promise<SeriesReading> {
  const { name, range, edges, filters, by, flow, figuresMax } = question;
  const proof = (await readKpiProof(kpis, range, flow))(name);
  const rows = await kpis.figures({ names: [name], range, edges, filters, by, asOf: flow.at, figuresMax });
  return { question, rows, proof };
}

/** `by` says whether there are groups beside the whole. */
export function seriesOf({ question, rows, proof }: SeriesReading, by: KpiBy = 'none'): KpiSeries {
  const { name, range, edges, grain, zone, flow } = question;
  const buckets = byBucket(rows);
  const knownUntil = drawnUntil(proof, { range, flow });
  const bucketOf = (from: number, to: number): KpiBucket => {
    const span = isoRange({ from, to });
    if (from >= knownUntil) return { state: 'unknown', ...span, value: null };
    return {
      state: to <= knownUntil ? 'known' : 'provisional',
      ...span,
      ...figureOf(buckets.get(from) ?? [], name),
      ...(by !== 'none' && { groups: groupsOf(buckets.get(from) ?? [], name) }),
    };
  };
  return {
    ...{ kpi: name, ...proof, grain, zone, ...isoRange(range) },
    buckets: edges.map((from, place) => bucketOf(from, edges[place + 1] ?? range.to)),
  };
}

function byBucket(rows: readonly KpiRow[]): Map<number, KpiRow[]> {
  const buckets = new Map<number, KpiRow[]>();
  for (const row of rows) {
    const rest = buckets.get(row.bucket);
    if (rest === undefined) buckets.set(row.bucket, [row]);
    else rest.push(row);
  }
  return buckets;
}
