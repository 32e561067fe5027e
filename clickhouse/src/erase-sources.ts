import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { changeRows } from './change-rows.ts';
import { count, defineQuery, runQuery } from './query.ts';

const file = (name: string) => new URL(`queries/${name}.sql`, import.meta.url);

const columnsToEmpty = defineQuery(
  file('columns-to-empty'),
  z.object({ table: z.string(), kept: z.array(z.string()) }),
  z.object({ name: z.string(), type: z.string() }),
);

/** Where rejected events of some sources stand; `prefix` as in `eraseSources`. */
export const rejectedPositions = defineQuery(
  file('rejected-positions'),
  z.object({ prefix: z.string() }),
  z.object({ stream: z.string(), epoch: count, seq: count, idx: count }),
);

/** Which message it was, and of what stream: the ledger adds up with these alone. */
const position = ['stream', 'epoch', 'seq', 'idx', 'events_in_message', 'stream_created', 'ingested_at'];

/**
 * Empties every row of the sources whose names begin with `prefix`, for good: what they said, their ids, their times. The
 * positions stay, so nothing is missing from a ledger and none of it counts for any figure: in `events` as rows with reason
 * "erased", in `ticket_changes` as floors. Nothing of them may be on its way any more. Resolves when every part is
 * rewritten; done again it changes nothing. Throws QueryError.
 */
export async function eraseSources(client: ClickHouseClient, prefix: string): Promise<void> {
  // `changeRows` takes no parameters.
  if (!/^[a-z0-9-]+$/.test(prefix)) throw new RangeError(`not the beginning of a source: ${prefix}`);
  await empty(client, 'events', position, { reason: "'erased'" }, `startsWith(source, '${prefix}')`);
  const floor = ['floor_epoch', 'floor_seq', 'floor_at'];
  const asFloor = { kind: "'floor'", source_version: '-1' };
  await empty(client, 'ticket_changes', [...position, ...floor], asFloor, `startsWith(ticket_id, '${prefix}')`);
  await changeRows(client, `ALTER TABLE tickets DELETE WHERE startsWith(ticket_id, '${prefix}')`);
}

async function empty(
  client: ClickHouseClient,
  table: 'events' | 'ticket_changes',
  kept: string[],
  marks: Record<string, string>,
  where: string,
): Promise<void> {
  const columns = await runQuery(client, columnsToEmpty, { table, kept });
  const values = columns.map(
    ({ name, type }) => `${name} = ${marks[name] ?? `defaultValueOfTypeName('${type.replaceAll("'", "\\'")}')`}`,
  );
  await changeRows(client, `ALTER TABLE ${table} UPDATE ${values.join(', ')} WHERE ${where}`);
}
