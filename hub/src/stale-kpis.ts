import { kpiNames, type KpiFrame } from '@deskwire/contracts/kpi';

/**
 * The last known figures while new ones cannot be read: each says so, and since when. What was incomplete or unknown before is still
 * that, and not merely old. `now`: Unix time, ms.
 */
export function staleKpis(known: KpiFrame, now: number): KpiFrame {
  const to = new Date(now).toISOString();
  const kpis: KpiFrame['kpis'] = {};
  for (const name of kpiNames) {
    const answer = known.kpis[name];
    if (answer === undefined) continue;
    const { state } = answer.completeness;
    const isWorse = state === 'incomplete' || state === 'unknown';
    const stale = { state: 'stale', from: answer.watermark ?? answer.as_of, to, why } as const;
    kpis[name] = isWorse ? answer : { ...answer, completeness: stale };
  }
  return { ...known, kpis };
}

const why = 'The figures cannot be read at the moment; these are the last known. Nothing is lost.';
