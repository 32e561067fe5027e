import type { ClickHouseClient } from '@clickhouse/client';
import { readKpiFacts, type KpiFacts } from './kpi-facts.ts';
import { isLong, type KpiRange } from './kpi-range.ts';
import { createOpenTickets } from './open-tickets.ts';
import { readReceiptRows, type ReceiptRow, type ReceiptRowsQuestion } from './read-kpi-tickets.ts';
import { readKpis, type KpiQuestion, type KpiRow } from './read-kpis.ts';

/** What every answer about KPIs is put together from. Both throw QueryError. */
export interface KpiDoor {
  figures: (question: KpiQuestion) => Promise<KpiRow[]>;
  facts: (range: KpiRange) => Promise<KpiFacts>;
}

/** What receipts are put together from. It throws QueryError. */
export interface ReceiptDoor extends KpiDoor {
  receiptRows: (question: ReceiptRowsQuestion) => Promise<ReceiptRow[]>;
}

/** Straight from ClickHouse, but for what was open before the last minute, which is kept. `patient` waits longer for an answer: it is asked about long ranges. */
export function openKpiDoor(
  client: ClickHouseClient,
  patient: ClickHouseClient = client,
  now: () => number = Date.now,
): ReceiptDoor {
  const openTickets = createOpenTickets(now);
  const clientFor = ({ range }: { range: KpiRange }) => (isLong(range) ? patient : client);
  return {
    figures: (question) => readKpis(clientFor(question), question, openTickets),
    receiptRows: (question) => readReceiptRows(clientFor(question), question),
    facts: (range) => readKpiFacts(client, range),
  };
}
