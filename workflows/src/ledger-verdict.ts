import type { ClickHouseClient } from '@clickhouse/client';
import { eventDisposition } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import type { Position } from '@deskwire/contracts/position';
import { streams } from '@deskwire/contracts/subjects';
import { pause } from '@deskwire/streams/pause';

const askAgainMs = 25;
const withinMs = 5_000;

/**
 * Whether ingest found the event at this position to be a duplicate. Asked only where the ticket itself cannot know, since
 * it remembers its last 64 events. Waits for ingest to come that far; throws Undecided when it does not, and QueryError
 * while ClickHouse is away: the ticket waits, and the others go on.
 */
export async function isDuplicate(
  client: ClickHouseClient,
  { epoch, seq, idx }: Position,
  stop: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  do {
    const [row] = await runQuery(client, eventDisposition, { stream: streams.events, epoch, seq, idx });
    if (row !== undefined) return row.disposition === 'duplicate';
    await pause(askAgainMs, stop);
  } while (performance.now() < deadline && !stop.aborted);
  throw new Undecided(`the ledger has not decided about message ${seq} of EVENTS yet`);
}

class Undecided extends Error {
  override name = 'Undecided';
}
