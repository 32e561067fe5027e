import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiBucket, KpiGrain, KpiName, KpiSeries } from '@deskwire/contracts/kpi';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import { drawnUntil } from './completeness.ts';
import type { KpiDoor } from './kpi-door.ts';
import { readKpiProof } from './kpi-proof.ts';
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
  flow: FlowReport;
}

/** Every bucket of a range, each a period of its own. Throws QueryError. */
export async function readKpiSeries(kpis: KpiDoor, question: SeriesQuestion): Promise<KpiSeries> {
  const { name, range, edges, grain, zone, filters, by = 'none', flow } = question;
  const proof = (await readKpiProof(kpis, range, flow))(name);
  const rows = byBucket(await kpis.figures({ names: [name], range, edges, filters, by, asOf: flow.at }));
  const knownUntil = drawnUntil(proof);
  const buckets = edges.map((from, place): KpiBucket => {
    const to = edges[place + 1] ?? range.to;
    const span = isoRange({ from, to });
    if (from >= knownUntil) return { state: 'unknown', ...span, value: null };
    return {
      state: to <= knownUntil ? 'known' : 'provisional',
      ...span,
      ...figureOf(rows.get(from) ?? [], name),
      ...(by !== 'none' && { groups: groupsOf(rows.get(from) ?? [], name) }),
    };
  });
  return { kpi: name, ...proof, grain, zone, ...isoRange(range), buckets };
}

function byBucket(rows: KpiRow[]): Map<number, KpiRow[]> {
  const buckets = new Map<number, KpiRow[]>();
  for (const row of rows) {
    const rest = buckets.get(row.bucket);
    if (rest === undefined) buckets.set(row.bucket, [row]);
    else rest.push(row);
  }
  return buckets;
}
