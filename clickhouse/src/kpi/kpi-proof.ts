import { isSimulated } from '@deskwire/contracts/demo';
import type { KpiAnswer, KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions, unitOf } from '@deskwire/contracts/kpi-definitions';
import { completenessOf, watermarkOf, type FlowProof } from './completeness.ts';
import type { KpiDoor } from './kpi-door.ts';
import type { KpiRange } from './kpi-range.ts';

export type KpiProof = Pick<KpiAnswer, 'unit' | 'cohort' | 'as_of' | 'watermark' | 'completeness' | 'simulated'>;

/**
 * What an answer says of itself besides the figure. Ask for the flow first, then for this, then for figures: whatever this
 * promises is in them. Throws QueryError.
 */
export async function readKpiProof(
  kpis: KpiDoor,
  range: KpiRange,
  flow: FlowProof,
): Promise<(name: KpiName) => KpiProof> {
  const facts = await kpis.facts(range);
  const watermark = watermarkOf(flow, facts);
  // Without a look at the range: whatever may count invented tickets says so.
  const simulated = flow.sources.filter(({ source, accepted }) => isSimulated(source) && accepted > 0);
  return (name) => {
    const { kind, cohort } = kpiDefinitions[name];
    const completeness = completenessOf({ range, isState: kind === 'state', flow, facts });
    return {
      ...{ unit: unitOf(name), cohort, as_of: flow.at, watermark, completeness },
      ...(simulated.length > 0 && { simulated: simulated.map(({ source }) => source) }),
    };
  };
}
