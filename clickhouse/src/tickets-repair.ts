import { readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { count, defineQuery, QueryError, runQuery } from './query.ts';

const repairSql = readFileSync(new URL('queries/tickets-repair.sql', import.meta.url), 'utf8');

const ticketsTally = defineQuery(
  new URL('queries/tickets-tally.sql', import.meta.url),
  z.object({}),
  z.object({ changes: count, versions: count }),
);

/**
 * Makes `tickets` follow `ticket_changes` again: a crash between the two, or a view that failed, leaves rows that are
 * missing or old. Compares totals first; answers whether it had to look at every ticket. Throws QueryError.
 */
export async function repairTickets(client: ClickHouseClient, queryId: string): Promise<boolean> {
  const [tally] = await runQuery(client, ticketsTally, {});
  if (tally !== undefined && tally.changes === tally.versions) return false;
  try {
    await client.command({ query: repairSql, query_id: queryId, clickhouse_settings: { async_insert: 0 } });
  } catch (error) {
    throw new QueryError('tickets-repair', { cause: error });
  }
  return true;
}
