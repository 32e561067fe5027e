import type { ClickHouseClient } from '@clickhouse/client';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiAnswer, KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions, unitOf } from '@deskwire/contracts/kpi-definitions';
import { runQuery } from '../query.ts';
import { completenessOf, watermarkOf } from './completeness.ts';
import { kpiFacts } from './kpi-facts.ts';
import type { KpiRange } from './kpi-range.ts';
import { utcText } from './read-kpis.ts';

export type KpiProof = Pick<KpiAnswer, 'unit' | 'cohort' | 'as_of' | 'watermark' | 'completeness'>;

/**
 * What an answer says of itself besides the figure. Ask for the flow first, then for this, then for figures: whatever this
 * promises is in them. Throws QueryError.
 */
export async function readKpiProof(
  client: ClickHouseClient,
  range: KpiRange,
  flow: FlowReport,
): Promise<(name: KpiName) => KpiProof> {
  const [facts] = await runQuery(client, kpiFacts, { from: utcText(range.from), to: utcText(range.to) });
  const known = facts ?? { floor_epoch: 0, floor_seq: 0, floor_at: null, late: 0, rejected: 0 };
  const watermark = watermarkOf(flow, known);
  return (name) => {
    const { kind, cohort } = kpiDefinitions[name];
    const completeness = completenessOf({ range, isState: kind === 'state', flow, facts: known });
    return { unit: unitOf(name), cohort, as_of: flow.at, watermark, completeness };
  };
}
