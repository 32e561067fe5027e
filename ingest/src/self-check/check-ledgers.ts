import type { ClickHouseClient } from '@clickhouse/client';
import { recordedGaps } from '@deskwire/clickhouse/flow-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { toGap } from '@deskwire/clickhouse/flow-streams';
import { proveStream } from '@deskwire/clickhouse/stream-proof';
import { readStreamTips } from '@deskwire/clickhouse/stream-tips';
import type { FlowStream } from '@deskwire/contracts/flow';
import { streams } from '@deskwire/contracts/subjects';
import type { AddFinding } from './finding.ts';

const ledgers = [
  { stream: streams.events, table: 'events' },
  { stream: streams.tickets, table: 'ticket_changes' },
];

/** Each ledger's balance: positions = first rows + recorded gaps, announced rows = rows. */
export async function checkLedgers(client: ClickHouseClient, add: AddFinding): Promise<void> {
  for (const { stream, table } of ledgers) {
    const first = await prove(client, stream, table);
    // A gap that was recorded between two of the queries looks like a hole: only what is still there when asked again is one.
    const { balanced, missing, messages, rows } = first.balanced ? first : await prove(client, stream, table);
    if (balanced) continue;
    const why = missing > 0 ? `positions with neither a row nor a recorded gap: ${missing}` : 'rows do not add up';
    add('ledger', `${table} of ${stream}: ${why}; ${messages} messages, ${rows} rows`, Math.max(1, missing));
  }
}

async function prove(client: ClickHouseClient, stream: string, table: string): Promise<FlowStream> {
  const tips = await readStreamTips(client, table);
  const gaps = (await runQuery(client, recordedGaps, {})).map(toGap);
  const mine = (row: { stream: string }) => row.stream === stream;
  return proveStream(stream, tips.filter(mine), gaps.filter(mine), null, '');
}
