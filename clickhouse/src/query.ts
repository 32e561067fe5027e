import { readFileSync } from 'node:fs';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { z } from 'zod';

/** A query as declared: its SQL file, the shape of its parameters and of its rows. */
export interface Query<Params extends z.ZodType, Row extends z.ZodType> {
  sql: string;
  params: Params;
  row: Row;
}

/** Declares a query. `file` is the `.sql` beside the declaration: `new URL('x.sql', import.meta.url)`. */
export function defineQuery<Params extends z.ZodType<Record<string, unknown>>, Row extends z.ZodType>(
  file: URL,
  params: Params,
  row: Row,
): Query<Params, Row> {
  return { sql: readFileSync(file, 'utf8'), params, row };
}

/** Runs a declared query; rows are checked and converted by its row schema. Throws QueryError with the query's name. */
export async function runQuery<Params extends z.ZodType<Record<string, unknown>>, Row extends z.ZodType>(
  client: ClickHouseClient,
  query: Query<Params, Row>,
  params: z.input<Params>,
  settings: ClickHouseSettings = {},
): Promise<z.output<Row>[]> {
  try {
    const result = await client.query({
      query: query.sql,
      query_params: query.params.parse(params),
      format: 'JSONEachRow',
      clickhouse_settings: settings,
    });
    return z.array(query.row).parse(await result.json());
  } catch (error) {
    throw new QueryError(query.sql.split('\n', 1)[0] ?? 'query', { cause: error });
  }
}

export class QueryError extends Error {
  override name = 'QueryError';
}

/** UInt64 and counts below 2^53, as JSON numbers. */
export const count = z.number().int().nonnegative();

/** DateTime64 in ISO form; 1970 stands for "none". */
export const timeOrNull = z.iso.datetime().transform((text) => (text.startsWith('1970-01-01T00:00:00') ? null : text));
