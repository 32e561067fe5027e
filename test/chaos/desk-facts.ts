import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';

const facts = z.object({
  changes: z.number(),
  /** Tickets whose versions are not exactly 1 to n. */
  broken: z.number(),
  causes: z.number(),
  /** Changes whose event caused another one before. */
  applied_twice: z.number(),
  /** Accepted events of tickets that caused no change. */
  not_applied: z.number(),
  /** Changes whose event is no accepted row of the ledger. */
  unfounded: z.number(),
});

/** The change feed as ClickHouse has it, counted against the ledger and against itself. */
export async function readDeskFacts(client: ClickHouseClient): Promise<z.infer<typeof facts>> {
  const answer = await client.query({
    query: `
      WITH applied AS (SELECT cause_seq, cause_idx FROM ticket_changes WHERE cause_seq > 0),
           accepted AS (SELECT seq, idx FROM events WHERE disposition = 'accepted' AND startsWith(type, 'ticket.'))
      SELECT
          (SELECT count() FROM ticket_changes WHERE ticket_id != '') AS changes,
          (SELECT countIf(n != newest OR n != versions) FROM
            (SELECT count() AS n, max(version) AS newest, uniqExact(version) AS versions FROM ticket_changes WHERE ticket_id != '' GROUP BY ticket_id)) AS broken,
          (SELECT count() FROM applied) AS causes,
          (SELECT count() - uniqExact(cause_seq, cause_idx) FROM applied) AS applied_twice,
          (SELECT count() FROM accepted WHERE (seq, idx) NOT IN (SELECT * FROM applied)) AS not_applied,
          (SELECT count() FROM applied WHERE (cause_seq, cause_idx) NOT IN (SELECT * FROM accepted)) AS unfounded`,
    format: 'JSONEachRow',
  });
  const [row] = z.array(facts).parse(await answer.json());
  if (row === undefined) throw new Error('an aggregate has one row');
  return row;
}
