import { Readable } from 'node:stream';

import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type StartedEngine, startEngine } from './start-engine.ts';

let engine: StartedEngine;
let client: ClickHouseClient;

beforeAll(async () => {
  engine = await startEngine();
  client = createClient({
    url: engine.url,
    username: engine.user,
    password: engine.password,
    database: engine.database,
    compression: { request: true, response: true },
    log: { level: 127 },
  });
  await client.command({
    query: 'CREATE TABLE things (id UInt64, name String, tags Array(String)) ENGINE = MergeTree ORDER BY id',
  });
});

afterAll(async () => {
  await client.close();
  await engine.stop();
});

describe('@clickhouse/client on the embedded engine', () => {
  it('pings, with and without credentials', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  it.each([
    'JSON',
    'JSONCompact',
    'JSONEachRow',
    'JSONCompactEachRow',
    'JSONStringsEachRow',
    'JSONObjectEachRow',
  ] as const)('answers in %s', async (format) => {
    const result = await client.query({ query: 'SELECT number AS n, toString(number) AS s FROM numbers(2)', format });
    expect(JSON.stringify(await result.json())).toContain('"1"');
  });

  it.each(['CSV', 'CSVWithNames', 'CSVWithNamesAndTypes', 'TabSeparated', 'TabSeparatedWithNames', 'Parquet'] as const)(
    'answers in %s',
    async (format) => {
      const result = await client.query({ query: "SELECT 7 AS n, 'x' AS s", format });
      expect((await result.text()).length).toBeGreaterThan(3);
      expect(result.response_headers['x-clickhouse-format']).toBe(format);
    },
  );

  it('streams a result of 40 MB without holding it', async () => {
    const rowsMax = 2_000_000;
    const result = await client.query({
      query: `SELECT number, toString(number) FROM numbers(${rowsMax})`,
      format: 'JSONCompactEachRow',
    });
    let rows = 0;
    for await (const batch of result.stream()) rows += batch.length;
    expect(rows).toBe(rowsMax);
  });

  it('reports an error in the middle of a stream', async () => {
    // Uncompressed: where its gunzip cuts a piece in two, this client raises an error whose text is a fragment.
    const plain = createClient({
      url: engine.url,
      username: engine.user,
      password: engine.password,
      log: { level: 127 },
    });
    const result = await plain.query({
      query:
        "SELECT throwIf(number = 900000, 'late') AS t, repeat('x', 20) FROM numbers(1000000) SETTINGS max_block_size = 10000",
      format: 'JSONCompactEachRow',
    });
    const reading = (async () => {
      for await (const batch of result.stream()) expect(batch.length).toBeGreaterThan(0);
    })();
    await expect(reading).rejects.toThrow(/late/);
    await plain.close();
  });

  it('binds parameters of every kind', async () => {
    const values = {
      quote: `it's "quoted" \\ back\nline\ttab`,
      unicode: 'Grüße, 世界 🎫',
      empty: '',
      list: ["a'b", 'c\nd', null],
      numbers: [1, 2, 3],
      nothing: null,
      flag: true,
      day: new Date('2026-11-22T10:00:00.123Z'),
      map: { k: "v'" },
    };
    const result = await client.query({
      query: `SELECT {quote: String} AS quote, {unicode: String} AS unicode, {empty: String} AS empty,
        {list: Array(Nullable(String))} AS list, {numbers: Array(UInt8)} AS numbers, {nothing: Nullable(String)} AS nothing,
        {flag: Bool} AS flag, toUnixTimestamp64Milli({day: DateTime64(3)}) AS day, {map: Map(String, String)} AS map`,
      query_params: values,
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ ...values, day: values.day.getTime() }]);
  });

  it('sends parameters in a form when they are too long for a URL', async () => {
    const forms = createClient({
      url: engine.url,
      username: engine.user,
      password: engine.password,
      use_multipart_params: true,
    });
    const long = `${'ä'.repeat(200_000)}'\r\n--`;
    const result = await forms.query({
      query: 'SELECT length({long: String}) AS bytes',
      query_params: { long },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ bytes: Buffer.byteLength(long) }]);
    await forms.close();
  });

  it('refuses a parameter that was not given, also when an earlier request had it', async () => {
    const query = 'SELECT {only_once: UInt8} AS x';
    await (await client.query({ query, query_params: { only_once: 1 } })).text();
    await expect(client.query({ query })).rejects.toMatchObject({ code: '456', type: 'UNKNOWN_QUERY_PARAMETER' });
  });

  it('inserts arrays and streams in the common formats', async () => {
    const row = { id: 1, name: "o'x\n;", tags: ['a', 'b'] };
    await client.insert({ table: 'things', values: [row], format: 'JSONEachRow' });
    await client.insert({ table: 'things', values: Readable.from([row]), format: 'JSONEachRow' });
    await client.insert({ table: 'things', values: [[1, row.name, row.tags]], format: 'JSONCompactEachRow' });
    await client.insert({
      table: 'things',
      values: Readable.from(["1,\"o'x\n;\",\"['a','b']\"\n"], { objectMode: false }),
      format: 'CSV',
    });
    await client.insert({
      table: 'things',
      values: Readable.from(["1\to'x\\n;\t['a','b']\n"], { objectMode: false }),
      format: 'TabSeparated',
    });
    const inserted = await client.insert({
      table: 'things',
      columns: ['id', 'name'],
      values: [{ id: 2, name: 'x' }],
      format: 'JSONEachRow',
    });
    expect(inserted.summary?.written_rows).toBe('1');
    const result = await client.query({
      query: 'SELECT DISTINCT id, name, tags FROM things WHERE id = 1',
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([row]);
    const count = await client.query({ query: 'SELECT count() FROM things', format: 'CSV' });
    expect(await count.text()).toBe('6\n');
    await client.command({ query: 'TRUNCATE TABLE things' });
  });

  it('runs INSERT with rows in the statement, whatever stands in them', async () => {
    await client.command({ query: "INSERT INTO things VALUES (1, 'a;b -- FORMAT CSV', ['x']), (2, upper('c'), [])" });
    await client.command({ query: `INSERT INTO things (id, name) FORMAT JSONEachRow {"id": 3, "name": "d;e"}` });
    await client.command({
      query: 'INSERT INTO things (id, name) VALUES ({id: UInt64}, {name: String})',
      query_params: { id: 4, name: "f'" },
    });
    await client.command({ query: 'INSERT INTO things (id) SELECT number + 10 FROM numbers(2);' });
    const result = await client.query({
      query: 'SELECT id, name FROM things ORDER BY id',
      format: 'JSONCompactEachRow',
    });
    expect(await result.json()).toEqual([
      [1, 'a;b -- FORMAT CSV'],
      [2, 'C'],
      [3, 'd;e'],
      [4, "f'"],
      [10, ''],
      [11, ''],
    ]);
    await client.command({ query: 'TRUNCATE TABLE things' });
  });

  it('gives the stream of exec as it is', async () => {
    const { stream } = await client.exec({ query: 'SELECT 1 AS x FORMAT RowBinary' });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([1]));
  });

  it.each([
    ['SELECT nope', '47', 'UNKNOWN_IDENTIFIER'],
    ['SELECT * FROM nowhere', '60', 'UNKNOWN_TABLE'],
    ['SELEC 1', '62', ''],
    ['SELECT 1; SELECT 2', '62', ''],
    ["SELECT throwIf(1, 'x')", '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ["SELECT * FROM file('/etc/passwd', 'LineAsString')", '497', 'ACCESS_DENIED'],
    ["SELECT * FROM “f\\x69le”('/etc/passwd', 'LineAsString')", '497', 'ACCESS_DENIED'],
    ['SELECT * FROM default.`/etc/passwd`', '60', 'UNKNOWN_TABLE'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", '358', 'INTO_OUTFILE_NOT_ALLOWED'],
  ])('refuses %s with code %s', async (query, code, type) => {
    const error: unknown = await client.command({ query }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ClickHouseError);
    expect(error).toMatchObject(type === '' ? { code } : { code, type });
  });

  it('refuses a setting that does not exist and keeps others from leaking', async () => {
    const query = "SELECT getSetting('max_block_size') AS size, getSetting('log_comment') != '' AS marked";
    const read = async (clickhouse_settings: Record<string, string>) =>
      (await client.query({ query, format: 'JSONEachRow', clickhouse_settings })).json();
    await expect(read({ no_such_setting: '1' })).rejects.toMatchObject({ code: '115', type: 'UNKNOWN_SETTING' });
    const [given, after] = [await read({ max_block_size: '777' }), await read({})];
    expect(given).toMatchObject([{ size: 777 }]);
    expect(after).toMatchObject([{ size: 65409 }]);
    await client.command({ query: 'SET max_block_size = 5' });
    expect(await read({})).toMatchObject([{ size: 65409 }]);
  });

  it('stops the engine when a call is aborted', async () => {
    const abort = new AbortController();
    const query_id = 'aborted-query';
    const running = client.query({
      query: 'SELECT sum(sipHash64(number)) FROM numbers(1e12)',
      query_id,
      abort_signal: abort.signal,
    });
    const isRunning = async () => {
      const result = await client.query({
        query: 'SELECT count() FROM system.processes WHERE query_id = {query_id: String}',
        query_params: { query_id },
        format: 'CSV',
      });
      return (await result.text()).trim() === '1';
    };
    await expect.poll(isRunning, { timeout: 10_000 }).toBe(true);
    abort.abort();
    await expect(running).rejects.toThrow();
    await expect.poll(isRunning, { timeout: 10_000 }).toBe(false);
  });

  it('times out a statement and says so', async () => {
    const query = 'SELECT sum(sipHash64(number)) FROM numbers(1e12)';
    const clickhouse_settings = { max_execution_time: 0.3 };
    await expect(client.query({ query, clickhouse_settings })).rejects.toMatchObject({
      code: '159',
      type: 'TIMEOUT_EXCEEDED',
    });
  });

  it('limits the memory of a statement', async () => {
    const query = 'SELECT groupArray(number) FROM numbers(50000000)';
    const clickhouse_settings = { max_memory_usage: '20000000' };
    await expect(client.query({ query, clickhouse_settings })).rejects.toMatchObject({ type: 'MEMORY_LIMIT_EXCEEDED' });
  });

  it('refuses a wrong password', async () => {
    const stranger = createClient({
      url: engine.url,
      username: engine.user,
      password: 'wrong-password',
      log: { level: 127 },
    });
    await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: '516',
      type: 'AUTHENTICATION_FAILED',
    });
    await stranger.close();
  });
});
