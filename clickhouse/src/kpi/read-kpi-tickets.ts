import type { ClickHouseClient } from '@clickhouse/client';
import type { KpiName, KpiReceipt } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';
import type { KpiFilters } from '@deskwire/contracts/kpi-request';
import { z } from 'zod';
import { count, runQuery } from '../query.ts';
import type { FlowProof } from './completeness.ts';
import type { ReceiptDoor } from './kpi-door.ts';
import { readKpiProof } from './kpi-proof.ts';
import type { KpiRange } from './kpi-range.ts';
import { ticketsSql } from './kpi-sql.ts';
import { figureOf, isoRange } from './read-kpi-answers.ts';
import { kpiParams, kpiSettings, paramsOf, shapeOf, utcText } from './read-kpis.ts';

/** The last row of a page: rows are in this order, so that one that comes later never moves those already shown. `at`: Unix ms, as far as DateTime64 goes. */
export const receiptPlace = z.object({ at: count.max(Date.UTC(2299, 11, 31)), ticket: z.string(), place: count });
export type ReceiptPlace = z.infer<typeof receiptPlace>;

export interface ReceiptQuestion {
  name: KpiName;
  range: KpiRange;
  filters?: Partial<KpiFilters> | undefined;
  limit: number;
  /** Only what stands behind this. */
  after?: ReceiptPlace | undefined;
  /** Read before this call. */
  flow: FlowProof;
}

/** `next`: the place where the next page begins; null on the last one. */
export type ReceiptPage = Omit<KpiReceipt, 'next'> & { next: ReceiptPlace | null };

/** `limit`: of rows; one more than a page has says whether another follows. `asOf`: as of figures. */
export interface ReceiptRowsQuestion extends Pick<ReceiptQuestion, 'name' | 'range' | 'filters' | 'limit'> {
  after: ReceiptPlace;
  asOf: string;
}

/** One page of what stands behind a figure. Throws QueryError. */
export async function readKpiTickets(kpis: ReceiptDoor, question: ReceiptQuestion): Promise<ReceiptPage> {
  const { name, range, filters, limit, flow, after = { at: 0, ticket: '', place: 0 } } = question;
  const proof = (await readKpiProof(kpis, range, flow))(name);
  const [totals, rows] = await Promise.all([
    kpis.figures({ names: [name], range, filters, asOf: flow.at }),
    kpis.receiptRows({ name, range, filters, limit: limit + 1, after, asOf: flow.at }),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const { kind, definition, exclusions } = kpiDefinitions[name];
  return {
    kpi: name,
    ...proof,
    ...{ definition, exclusions },
    ...isoRange(range),
    ...figureOf(totals, name),
    tickets: shown.map(({ ticket_id, counted_at, value, business_value }) => ({
      ticket_id,
      at: counted_at,
      value,
      ...(kind === 'duration' && { business: business_value }),
    })),
    next:
      last === undefined || rows.length <= limit
        ? null
        : { at: Date.parse(last.counted_at), ticket: last.ticket_id, place: last.place },
  };
}

/** None when the KPI is not measured. Throws QueryError. */
export async function readReceiptRows(
  client: ClickHouseClient,
  { name, range, filters, limit, after }: ReceiptRowsQuestion,
): Promise<ReceiptRow[]> {
  const asked = { names: [name], range, filters };
  const sql = ticketsSql(name, shapeOf(asked, [range.from]));
  if (sql === undefined) return [];
  const query = { sql: `-- tickets of ${name}\n${sql}`, params: receiptParams, row: receiptRow };
  const params = {
    ...paramsOf(asked, [range.from]),
    after_at: utcText(after.at),
    after_ticket: after.ticket,
    after_place: after.place,
    unassigned_only: name === 'unassigned' ? 1 : 0,
    limit,
  };
  return runQuery(client, query, params, kpiSettings(range));
}

const receiptParams = kpiParams.extend({
  after_at: z.string(),
  after_ticket: z.string(),
  after_place: count,
  unassigned_only: z.number(),
  limit: count,
});
const receiptRow = z.object({
  counted_at: z.iso.datetime(),
  ticket_id: z.string(),
  place: count,
  value: z.number(),
  business_value: z.number(),
});
export type ReceiptRow = z.output<typeof receiptRow>;
