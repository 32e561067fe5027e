import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type StartedEngine, startEngine } from './start-engine.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'deskwire-ingest-'));
let engine: StartedEngine;
let client: ClickHouseClient;

async function start(diskKey?: string): Promise<void> {
  engine = await startEngine({ dataDir, ...(diskKey === undefined ? {} : { diskKey }) });
  const { url, user, password, database } = engine;
  client = createClient({ url, username: user, password, database, log: { level: 127 } });
}

beforeAll(async () => {
  await start();
  await client.command({
    query: `CREATE TABLE events (stream String, seq UInt64, body String,
      PROJECTION tip (SELECT stream, max(seq), count() GROUP BY stream)) ENGINE = MergeTree ORDER BY (stream, seq)`,
  });
});

afterAll(async () => {
  await client.close();
  await engine.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** RowBinary of rows `from + 1` to `from + count`, about 150 bytes each. */
function rowsOf(from: number, count: number): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const [stream, body] = [text('EVENTS'), text('x'.repeat(120))];
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const seq = Buffer.alloc(8);
      seq.writeBigUInt64LE(BigInt(from + 1 + index));
      return Buffer.concat([stream, seq, body]);
    }),
  );
}

async function append(previous: number, rows: Buffer): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO events SELECT * FROM input('stream String, seq UInt64, body String')
      WHERE throwIf((SELECT max(seq) FROM events WHERE stream = 'EVENTS') != {previous: UInt64}) = 0 FORMAT RowBinary`,
    values: Readable.from([rows], { objectMode: false }),
    query_params: { previous },
    query_id: 'ingest-EVENTS',
    clickhouse_settings: {
      async_insert: 0,
      input_format_parallel_parsing: 0,
      max_insert_threads: '1',
      max_block_size: '400000',
      max_insert_block_size: '400000',
      min_insert_block_size_rows: '400000',
      min_insert_block_size_bytes: '0',
    },
  });
  stream.resume();
}

async function tip(): Promise<{ rows: number; last: number; distinct: number }> {
  const result = await client.query({
    query:
      'SELECT toUInt32(count()) AS rows, toUInt32(max(seq)) AS last, toUInt32(uniqExact(seq)) AS distinct FROM events',
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ rows: number; last: number; distinct: number }>();
  if (row === undefined) throw new Error('an aggregate has one row');
  return row;
}

describe('compare and append', () => {
  it('stores a batch of 300,000 rows as one part', async () => {
    await append(0, rowsOf(0, 300_000));
    const parts = await client.query({
      query: "SELECT rows, level FROM system.parts WHERE table = 'events' AND active",
      format: 'JSONCompactEachRow',
    });
    expect((await parts.json()).map(String)).toEqual(['300000,0']);
    expect(await tip()).toEqual({ rows: 300_000, last: 300_000, distinct: 300_000 });
  });

  it('refuses a writer that does not know the tip, and stores nothing of its batch', async () => {
    await expect(append(299_999, rowsOf(299_999, 10))).rejects.toMatchObject({ code: '395' });
    expect((await tip()).rows).toBe(300_000);
    await append(300_000, rowsOf(300_000, 10));
    expect((await tip()).rows).toBe(300_010);
  });

  it('stores nothing of a batch whose last row is cut', async () => {
    await expect(append(300_010, rowsOf(300_010, 100).subarray(0, -3))).rejects.toThrow();
    expect((await tip()).rows).toBe(300_010);
  });

  it('keeps whole batches only when the engine is killed in the middle', async () => {
    const batchRows = 20_000;
    for (let round = 0; round < 3; round += 1) {
      let { last } = await tip();
      const first = last;
      const writing = (async () => {
        for (;;) {
          await append(last, rowsOf(last, batchRows));
          last += batchRows;
        }
      })().catch(() => 'killed');
      await expect.poll(() => last, { timeout: 10_000, interval: 5 }).toBeGreaterThan(first);
      engine.kill('SIGKILL');
      expect(await engine.exited).toBeNull();
      expect(await writing).toBe('killed');
      await client.close();
      await start(engine.diskKey);
      const kept = await tip();
      expect([kept.rows, kept.distinct]).toEqual([kept.last, kept.last]);
      expect((kept.last - first) % batchRows).toBe(0);
      expect(kept.last).toBeGreaterThanOrEqual(last);
    }
  });
});
