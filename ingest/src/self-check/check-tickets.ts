import type { ClickHouseClient } from '@clickhouse/client';
import { runQuery } from '@deskwire/clickhouse/query';
import { changesOutOfOrder, ticketsDiffering } from '@deskwire/clickhouse/self-check-queries';
import type { Tip } from '@deskwire/streams/position';
import type { AddFinding } from './finding.ts';

/** `tickets` against the newest change of each ticket, and each ticket's versions against 1..n. */
export async function checkTickets(client: ClickHouseClient, tip: Tip, add: AddFinding): Promise<void> {
  const differing = await runQuery(client, ticketsDiffering, tip);
  for (const [i, row] of differing.entries()) {
    const expected = row.expected_version === 0 ? 'none' : `version ${row.expected_version}`;
    const found = row.found_version === 0 ? 'none' : `version ${row.found_version}`;
    const how = expected === found ? `${found}, with other content than that change` : found;
    add('current row', `ticket ${row.ticket}: expected ${expected}, found ${how}`, share(i, differing));
  }
  const disordered = await runQuery(client, changesOutOfOrder, tip);
  for (const [i, row] of disordered.entries()) {
    const found = `${row.changes} changes with ${row.versions} different versions`;
    add('version', `ticket ${row.ticket}: expected versions 1 to ${row.newest}, found ${found}`, share(i, disordered));
  }
}

/** The last example stands for all that were not answered. */
export function share(index: number, rows: { total: number }[]): number {
  return index === rows.length - 1 ? (rows[index]?.total ?? 1) - index : 1;
}
