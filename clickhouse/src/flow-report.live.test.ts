import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { eraseSources } from './erase-sources.ts';
import { readFlowReport } from './flow-report.ts';
import { today } from './kpi/kpi-range.ts';
import { count } from './query.ts';
import { startMigrated } from './testing/start-migrated.ts';

let stop: () => Promise<void>;
let client: ClickHouseClient;
const now = Date.parse('2026-11-22T09:41:17.250Z');

beforeAll(async () => {
  ({ client, stop } = await startMigrated());
  // Three days until now, an event every 20 s or so, none of them on a whole minute.
  await client.command({
    query: `INSERT INTO events (stream, epoch, seq, events_in_message, ingested_at, source, type, id, disposition, reason)
      SELECT 'EVENTS', 1, number + 1, 1, toDateTime64('2026-11-19 09:41:17.1', 6, 'UTC') + toIntervalMillisecond(number * 20_011),
        ['zendesk', 'demo-rt'][number % 2 + 1], ['ticket.snapshot', 'ticket.message'][intDiv(number, 3) % 2 + 1], toString(number),
        multiIf(number % 31 = 30, 'rejected', number % 7 = 3, 'duplicate', 'accepted'),
        if(number % 31 = 30, 'unknown-status', '')
      FROM numbers(12952)`,
  });
});
afterAll(() => stop());

const read = (zone: string) =>
  readFlowReport({ client, streamHead: () => Promise.resolve({ lastSeq: 12_952 }), now: () => now, zone });

/** Counted row by row, from the table itself. */
async function countedSince(from: string) {
  const answer = await client.query({
    query: `SELECT countIf(disposition = 'accepted') AS accepted, countIf(disposition = 'duplicate') AS duplicate,
        countIf(disposition = 'rejected') AS rejected, count() AS received
      FROM events WHERE ingested_at >= {from: DateTime64(6, 'UTC')} AND reason != 'erased'`,
    query_params: { from: from.slice(0, -1).replace('T', ' ') },
    clickhouse_settings: { optimize_use_projections: 0 },
    format: 'JSONEachRow',
  });
  const row = z.object({ accepted: count, duplicate: count, rejected: count, received: count });
  return z.array(row).parse(await answer.json())[0];
}

const zones = ['UTC', 'Europe/London', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Chatham'];

it.each(zones)('counts what came since the day of %s began, by what became of it', async (zone) => {
  const { today: day, totals } = await read(zone);
  expect(day.from).toBe(new Date(today(now, zone).from).toISOString());
  expect(day).toEqual({ from: day.from, ...(await countedSince(day.from)) });
  expect(day.received).toBeGreaterThan(0);
  expect(day.received).toBeLessThan(totals.received);
});

it('says of each source how far it is stored, and which are simulated', async () => {
  const { sources, streams } = await read('UTC');
  expect(sources.map(({ source, simulated }) => [source, simulated])).toEqual([
    ['demo-rt', true],
    ['zendesk', undefined],
  ]);
  // Neither sends heartbeats: beyond its last event nothing is known.
  for (const { watermark, lastReceivedAt } of sources) expect(watermark).toBe(lastReceivedAt);
  expect(Date.parse(streams[0]?.watermark ?? '')).toBeGreaterThan(Date.parse(sources[0]?.watermark ?? ''));
});

it.each(['UTC', 'Asia/Kolkata'])('does not count what was erased, by the day of %s', async (zone) => {
  await eraseSources(client, 'demo-');
  const { today: day } = await read(zone);
  expect(day).toEqual({ from: day.from, ...(await countedSince(day.from)) });
  expect(day.received).toBeGreaterThan(0);
});
