import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Servers } from './servers.ts';

const rangeRow = z.array(z.object({ first: z.number(), last: z.number() }));

/**
 * The limit: the rows that ingest stored, encoded beforehand, inserted again into the same empty table in batches of the same
 * size, by nobody but the engine. Answers events/s. Leaves the table filled.
 */
export async function engineLimit({ client }: Servers, events: number, rowsMax: number): Promise<number> {
  const answer = await client.query({
    query: 'SELECT min(seq) AS first, max(seq) AS last FROM events',
    format: 'JSONEachRow',
  });
  const [range] = rangeRow.parse(await answer.json());
  if (range === undefined) throw new Error('the ledger is empty: nothing to measure the limit with');
  const messages = range.last - range.first + 1;
  const step = Math.max(1, Math.round((rowsMax * messages) / events));
  const batches: Buffer[] = [];
  for (let from = range.first; from <= range.last; from += step) {
    batches.push(await readRange(client, from, from + step));
  }
  await client.command({ query: 'TRUNCATE TABLE events' });
  const startedAt = performance.now();
  for (const batch of batches) {
    const inserted = await client.exec({
      query: 'INSERT INTO events FORMAT RowBinary',
      clickhouse_settings: { async_insert: 0, input_format_parallel_parsing: 0, max_insert_block_size: '1000000' },
      values: Readable.from([batch], { objectMode: false }),
    });
    inserted.stream.destroy();
  }
  return Math.round((events / (performance.now() - startedAt)) * 1_000);
}

/** Messages from `from` to before `to`, as the bytes that an insert takes. */
async function readRange(client: Servers['client'], from: number, to: number): Promise<Buffer> {
  const answer = await client.exec({
    query: 'SELECT * FROM events WHERE seq >= {from: UInt64} AND seq < {to: UInt64} ORDER BY seq, idx FORMAT RowBinary',
    query_params: { from, to },
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer.stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
