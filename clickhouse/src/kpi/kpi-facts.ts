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
  z.object({
    floor_epoch: count,
    floor_seq: count,
    floor_at: timeOrNull,
    unreadable: count,
    unreadable_from: timeOrNull,
    unreadable_to: timeOrNull,
    late: count,
    rejected: count,
    rejected_from: timeOrNull,
    rejected_to: timeOrNull,
    rejected_before: count,
  }),
);
/** As above; the floor is that of the facts. */
export const kpiSettled = defineQuery(
  file('kpi-settled'),
  z.object({ from: z.string(), to: z.string(), floor_epoch: count, floor_seq: count }),
  z.object({ settled: count, settled_before: count }),
);
export type KpiFacts = z.output<typeof kpiFacts.row>;

/**
 * What was rejected without what was mended or dismissed since: one statement more, and only where something was rejected.
 * `rejected_before`: not only in the range, but at any time before its end. Throws QueryError.
 */
export async function readKpiFacts(client: ClickHouseClient, { from, to }: KpiRange): Promise<KpiFacts> {
  const range = { from: utcText(from), to: utcText(to) };
  const [facts] = await runQuery(client, kpiFacts, range);
  if (facts === undefined) return noFacts;
  if (facts.rejected_before === 0 && facts.rejected === 0) return facts;
  const { floor_epoch, floor_seq } = facts;
  const [found] = await runQuery(client, kpiSettled, { ...range, floor_epoch, floor_seq });
  // Which of them are settled is not known here: those that wait may be anywhere in the range then.
  const places = found?.settled === 0 ? {} : { rejected_from: null, rejected_to: null };
  return {
    ...{ ...facts, ...places },
    rejected: Math.max(0, facts.rejected - (found?.settled ?? 0)),
    rejected_before: Math.max(0, facts.rejected_before - (found?.settled_before ?? 0)),
  };
}

/** Of a system in which nothing has happened. */
export const noFacts: KpiFacts = {
  ...{ floor_epoch: 0, floor_seq: 0, floor_at: null, late: 0, rejected: 0, rejected_before: 0 },
  ...{ unreadable: 0, unreadable_from: null, unreadable_to: null, rejected_from: null, rejected_to: null },
};

export const knownTeams = defineQuery(file('known-teams'), z.object({}), z.object({ team: z.string() }));
