import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';

const row = z.object({
  epoch: z.number(),
  seq: z.number(),
  idx: z.number(),
  source: z.string(),
  id: z.string(),
  disposition: z.string(),
  reason: z.string(),
});
export type LedgerRow = z.infer<typeof row>;

/** Rows of the ledger where `condition` holds, in order. */
export async function ledgerRows(client: ClickHouseClient, condition: string): Promise<LedgerRow[]> {
  const answer = await client.query({
    query: `SELECT epoch, seq, idx, source, id, disposition, reason FROM events WHERE ${condition} ORDER BY epoch, seq, idx`,
    format: 'JSONEachRow',
  });
  return z.array(row).parse(await answer.json());
}

/** How many different events with ids of this label were accepted; throws when one was accepted twice. */
export async function acceptedOf(client: ClickHouseClient, label: string): Promise<number> {
  const rows = await ledgerRows(client, `disposition = 'accepted' AND startsWith(id, '${label}-')`);
  const ids = new Set(rows.map(({ id }) => id));
  if (ids.size !== rows.length) throw new Error(`${rows.length - ids.size} events of ${label} were accepted twice`);
  return ids.size;
}
