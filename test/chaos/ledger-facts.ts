import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { sources } from './chaos-event.ts';

/** How often each event number was accepted; at most 255 is told apart. Throws on an id that is not of the run. */
export async function readAccepted(client: ClickHouseClient, size: number): Promise<Uint8Array> {
  const times = new Uint8Array(size);
  const answer = await client.exec({
    query: `SELECT toUInt32(toUInt32(substring(id, 2)) * 2 + (source = {second: String})) FROM events WHERE disposition = 'accepted' FORMAT RowBinary`,
    query_params: { second: sources[1] },
  });
  let rest = Buffer.alloc(0);
  for await (const chunk of answer.stream) {
    if (!Buffer.isBuffer(chunk)) continue; // Typed loosely by the client; it is always bytes.
    const bytes = Buffer.concat([rest, chunk]);
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      const n = bytes.readUInt32LE(at);
      if (n >= size) throw new Error(`event number ${n} is in the ledger and was never published`);
      times[n] = Math.min(255, (times[n] ?? 0) + 1);
    }
    rest = bytes.subarray(at);
  }
  return times;
}

const places = z.object({
  epochs: z.number(),
  messages: z.number(),
  positions: z.number(),
  rows: z.number(),
  places: z.number(),
  announced: z.number(),
  differing: z.number(),
});

/** The ledger's rows counted in ways that have to agree. */
export async function readPlaces(client: ClickHouseClient): Promise<z.infer<typeof places>> {
  const answer = await client.query({
    query: `
      SELECT uniqExact(epoch) AS epochs, countIf(idx = 0) AS messages, uniqExactIf(seq, idx = 0) AS positions, count() AS rows,
             uniqExact(bitShiftLeft(seq, 20) + idx) AS places, sum(events_in_message) AS announced,
             countIf(reason = 'content-differs') AS differing
      FROM events WHERE stream = 'EVENTS'`,
    format: 'JSONEachRow',
  });
  const [row] = z.array(places).parse(await answer.json());
  if (row === undefined) throw new Error('an aggregate has one row');
  return row;
}
