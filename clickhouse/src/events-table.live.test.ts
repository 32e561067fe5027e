import type { ClickHouseClient } from '@clickhouse/client';
import { kpiFacts } from './kpi/kpi-facts.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { flowSources, flowToday, recordedGaps, streamTips } from './flow-queries.ts';
import { dismissedSince, idLookup, streamTip } from './ledger-queries.ts';
import { migrate, MigrationDrift, readMigrations } from './migrate.ts';
import { runQuery } from './query.ts';
import { startMigrated } from './testing/start-migrated.ts';

let stop: () => Promise<void>;
let client: ClickHouseClient;

beforeAll(async () => {
  ({ client, stop } = await startMigrated());
  await client.command({
    query: `INSERT INTO events (stream, epoch, seq, events_in_message, ingested_at, source, id, id_hash, disposition, settles)
      SELECT 'EVENTS', 1, number + 1, 1, toDateTime64('2026-11-22 10:00:00', 6, 'UTC') + intDiv(number, 1000), 'bench/one', toString(number), number * 92233720368547, number = 7 ? 'rejected' : 'accepted', number = 9000 ? 'EVENTS.1.8.0' : ''
      FROM numbers(200000)`,
  });
});
afterAll(() => stop());

/** As the statements about rejected events ask. */
const settledEvents = `SELECT settles, min((epoch, seq)), min(ingested_at), argMin(type, ingested_at), argMin(disposition, ingested_at) FROM events WHERE settles != '' GROUP BY settles`;

/** Names of the projections that a query reads from. */
async function projectionsOf(sql: string, params: Record<string, unknown>): Promise<string[]> {
  const answer = await client.query({
    query: `EXPLAIN projections = 1 ${sql}`,
    query_params: params,
    format: 'JSONEachRow',
  });
  const lines = z.array(z.object({ explain: z.string() })).parse(await answer.json());
  return lines.flatMap(({ explain }) => /ReadFromMergeTree \((\w+)\)/.exec(explain)?.[1] ?? []);
}

it('applies the migrations once', async () => {
  expect(await migrate(client)).toEqual([]);
});

it('refuses to go on when an applied migration was edited or is gone, and changes nothing', async () => {
  const edited = readMigrations().map((migration) => ({ ...migration, checksum: 'other' }));
  await expect(migrate(client, edited)).rejects.toThrow(MigrationDrift);
  await expect(migrate(client, [])).rejects.toThrow(/its file is gone/);
});

it('finishes a migration that was interrupted between two statements', async () => {
  const name = '9999-interrupted.sql';
  const half = {
    name,
    sql: 'CREATE TABLE half (a UInt8) ENGINE = MergeTree ORDER BY a; SELECT throwIf(1)',
    checksum: 'x',
  };
  await expect(migrate(client, [...readMigrations(), half])).rejects.toThrow();
  const whole = { ...half, sql: half.sql.replace('throwIf(1)', '1') };
  expect(await migrate(client, [...readMigrations(), whole])).toEqual([name]);
});

it.each([
  ['the tip of a stream', streamTip.sql, { stream: 'EVENTS', table: 'events' }, 'tip'],
  ['the proof of all streams', streamTips.sql, { table: 'events' }, 'tip'],
  ['totals of each source', flowSources.sql, { today: '2026-11-22' }, 'by_day'],
  ['events of a day that begins at 18:30', flowToday.sql, { from: '2026-11-21 18:30:00' }, 'by_minute'],
  ['accepted ids', idLookup.sql, { hashes: [92_233_720_368_547n, 4_611_686_018_427_350n] }, 'by_id'],
  ['what settled rejected events', settledEvents, {}, 'settled'],
  ['what was dismissed', dismissedSince.sql, { epoch: 1, seq: 1 }, 'settled'],
  ['rejected events of a day', kpiFacts.sql, { from: '2026-11-22 00:00:00', to: '2026-11-23 00:00:00' }, 'rejected'],
])('reads %s from a projection, so that its cost does not grow with history', async (_, sql, params, projection) => {
  expect(await projectionsOf(sql, params)).toContain(projection);
});

it('answers each lost position once, however often gaps with other ends or reasons were recorded', async () => {
  const gap = (epoch: number, from_seq: number, to_seq: number, reason: string, second: number) => ({
    stream: 'EVENTS',
    epoch,
    from_seq,
    to_seq,
    reason,
    detected_at: `2026-11-22 10:00:0${second}.000`,
  });
  const values = [
    ...[gap(1, 51, 99, 'deleted', 1), gap(1, 51, 120, 'retention', 2), gap(1, 60, 70, 'deleted', 3)],
    ...[gap(1, 121, 130, 'deleted', 4), gap(2, 51, 99, 'retention', 6)],
  ];
  // Two parts: nothing has replaced anything yet.
  for (const some of [values, [gap(1, 51, 99, 'retention', 5)]])
    await client.insert({ table: 'gaps', format: 'JSONEachRow', values: some });
  const found = await runQuery(client, recordedGaps, {});
  expect(found.map(({ epoch, from_seq, to_seq, reason }) => [epoch, from_seq, to_seq, reason])).toEqual([
    [1, 51, 99, 'deleted'],
    [1, 100, 120, 'retention'],
    [1, 121, 130, 'deleted'],
    [2, 51, 99, 'retention'],
  ]);
  expect(found[0]?.detected_at).toBe('2026-11-22T10:00:01.000Z');
});
