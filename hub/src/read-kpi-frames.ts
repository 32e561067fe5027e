import type { ClickHouseClient } from '@clickhouse/client';
import { readFlowReport, type FlowDoor } from '@deskwire/clickhouse/flow-report';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { today } from '@deskwire/clickhouse/kpi/kpi-range';
import { readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import type { KpiScope } from '@deskwire/contracts/channels';
import { kpiNames, type KpiAnswers, type KpiFrame } from '@deskwire/contracts/kpi';

/**
 * Today's figures of several scopes, `all` and `team:<id>`, for the price of two: all teams together are one more question than
 * the whole. Throws QueryError.
 */
export async function readKpiFrames(
  door: FlowDoor & { client: ClickHouseClient; zone: string },
  scopes: readonly KpiScope[],
): Promise<Map<KpiScope, KpiFrame>> {
  const flow = await readFlowReport(door);
  const day = today(Date.parse(flow.at), door.zone);
  // The first moment of a day is a range too.
  const range = { from: day.from, to: Math.max(day.to, day.from + 1) };
  const by = scopes.some((scope) => scope !== 'all') ? 'team' : 'none';
  const answers = await readKpiAnswers(openKpiDoor(door.client), { names: kpiNames, range, by, flow });
  return new Map(
    scopes.map((scope) => [scope, { range: 'today' as const, zone: door.zone, kpis: ofScope(answers, scope) }]),
  );
}

/** A team without a row has n = 0, as when it is asked for alone. */
function ofScope(answers: KpiAnswers, scope: KpiScope): KpiAnswers {
  const kpis: KpiAnswers = {};
  for (const name of kpiNames) {
    const answer = answers[name];
    if (answer === undefined) continue;
    const { groups, value, n, business, ...proof } = answer;
    const figure = scope === 'all' ? { n, value, business } : groups?.find(({ group }) => `team:${group}` === scope);
    kpis[name] = {
      ...proof,
      value: figure?.value ?? null,
      n: figure?.n ?? 0,
      ...(figure?.business !== undefined && { business: figure.business }),
    };
  }
  return kpis;
}
