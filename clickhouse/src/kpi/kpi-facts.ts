import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { count, defineQuery, runQuery, timeOrNull } from '../query.ts';
import type { KpiRange } from './kpi-range.ts';
import { utcText } from './read-kpis.ts';

const file = (name: string) => new URL(`facts/${name}.sql`, import.meta.url);

/** `from`, `to`: UTC text. */
export const kpiFacts = defineQuery(
  file('kpi-facts'),
  z.object({ from: z.string(), to: z.string() }),
  z.object({ floor_epoch: count, floor_seq: count, floor_at: timeOrNull, late: count, rejected: count }),
);
/** As above; the floor is that of the facts. */
export const kpiSettled = defineQuery(
  file('kpi-settled'),
  z.object({ from: z.string(), to: z.string(), floor_epoch: count, floor_seq: count }),
  z.object({ settled: count }),
);
export type KpiFacts = z.output<typeof kpiFacts.row>;

/** `rejected` without those that were mended or dismissed: one statement more, and only where some event of the range was rejected. Throws QueryError. */
export async function readKpiFacts(client: ClickHouseClient, { from, to }: KpiRange): Promise<KpiFacts> {
  const range = { from: utcText(from), to: utcText(to) };
  const [facts] = await runQuery(client, kpiFacts, range);
  if (facts === undefined) return { floor_epoch: 0, floor_seq: 0, floor_at: null, late: 0, rejected: 0 };
  if (facts.rejected === 0) return facts;
  const { floor_epoch, floor_seq } = facts;
  const [found] = await runQuery(client, kpiSettled, { ...range, floor_epoch, floor_seq });
  return { ...facts, rejected: Math.max(0, facts.rejected - (found?.settled ?? 0)) };
}

export const knownTeams = defineQuery(file('known-teams'), z.object({}), z.object({ team: z.string() }));
