import type { ClickHouseClient } from '@clickhouse/client';
import { QueryError } from './query.ts';

/**
 * Rewrites or removes rows of a table, with their projections: `ALTER TABLE ... UPDATE` or `DELETE`, which takes no parameters.
 * Resolves when every part is rewritten; done again it changes nothing. Throws QueryError.
 */
export async function changeRows(client: ClickHouseClient, query: string, queryId?: string): Promise<void> {
  try {
    await client.command({
      query,
      clickhouse_settings: { mutations_sync: '2' },
      ...(queryId !== undefined && { query_id: queryId }),
    });
  } catch (error) {
    throw new QueryError(query.split(' ', 3).join(' '), { cause: error });
  }
}
