import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Ask, startSmallEngine } from '../testing/start-small-engine.ts';
import { type StartedEngine, startEngine } from './start-engine.ts';

let engine: StartedEngine;
let ask: Ask;

beforeAll(async () => {
  ({ engine, ask } = await startSmallEngine());
  await ask('CREATE TABLE lines (line String) ENGINE = MergeTree ORDER BY line');
});

afterAll(async () => {
  await engine.stop();
});

/** Sends raw bytes and hangs up. */
async function sendAndHangUp(text: string): Promise<void> {
  const socket = connect(Number(new URL(engine.url).port), '127.0.0.1');
  await once(socket, 'connect');
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  socket.destroy();
  await once(socket, 'close');
}

describe('the HTTP interface', () => {
  it('greets, and answers probes without credentials', async () => {
    for (const path of ['/', '/ping', '/replicas_status'])
      expect(await (await fetch(engine.url + path)).text()).toBe('Ok.\n');
    expect((await fetch(`${engine.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${engine.url}/metrics`)).text()).toContain('deskwire_engine_statements_running 0');
    expect((await fetch(`${engine.url}/nothing`)).status).toBe(404);
  });

  it('takes the login from headers, Basic credentials or the URL, and from one of them only', async () => {
    const basic = `Basic ${Buffer.from(`${engine.user}:${engine.password}`).toString('base64')}`;
    const login = `user=${engine.user}&password=${engine.password}`;
    expect(await (await fetch(`${engine.url}/?query=SELECT%201`, { headers: { authorization: basic } })).text()).toBe(
      '1\n',
    );
    expect(await (await fetch(`${engine.url}/?query=SELECT%201&${login}`)).text()).toBe('1\n');
    expect(
      (await fetch(`${engine.url}/?query=SELECT%201&${login}`, { headers: { authorization: basic } })).status,
    ).toBe(403);
    const wrong = await fetch(`${engine.url}/?query=SELECT%201&user=${engine.user}&password=wrong`);
    expect(wrong.status).toBe(403);
    expect(wrong.headers.get('x-clickhouse-exception-code')).toBe('516');
    expect(await wrong.text()).toMatch(/^Code: 516\. DB::Exception: .*\(AUTHENTICATION_FAILED\) \(version /);
    const missing = await fetch(`${engine.url}/?query=SELECT%201`);
    expect([missing.status, missing.headers.get('x-clickhouse-exception-code')]).toEqual([401, '194']);
  });

  it('says who answered what', async () => {
    const { status, headers, text } = await ask('SELECT 1', { query_id: 'named', default_format: 'JSONEachRow' });
    expect([status, text]).toEqual([200, '{"1":1}\n']);
    expect(headers.get('x-clickhouse-query-id')).toBe('named');
    expect(headers.get('x-clickhouse-format')).toBe('JSONEachRow');
    expect(headers.get('x-clickhouse-timezone')).not.toBeNull();
    expect(headers.get('x-clickhouse-server-display-name')).not.toBeNull();
    expect(headers.get('x-clickhouse-summary')).toContain('"elapsed_ns"');
    expect(headers.get('keep-alive')).toMatch(/timeout=10/);
  });

  it('maps exceptions to the status of the server', async () => {
    expect((await ask('SELECT nope')).status).toBe(404);
    expect((await ask('SELEC 1')).status).toBe(400);
    expect((await ask('SELECT throwIf(1)')).status).toBe(500);
    expect((await ask('SELECT 1', { database: 'nowhere' })).status).toBe(404);
    expect((await ask('SELECT 1')).text).toBe('1\n');
    const { status, text } = await ask('SELECT 1 +');
    expect([status, text.includes('OUTFILE')]).toEqual([400, false]);
  });

  it('answers curl: a query, an insert of rows, an error', (context) => {
    if (spawnSync('curl', ['--version']).error !== undefined) return context.skip('curl is not installed');
    const curl = (body: string, ...more: string[]) => {
      const login = `user = "${engine.user}:${engine.password}"\nurl = "${engine.url}/?database=${engine.database}"\n`;
      const args = ['-sS', '--config', '-', '--data-binary', body, ...more];
      return spawnSync('curl', args, { input: login, encoding: 'utf8' });
    };
    expect(curl('SELECT 1 AS x FORMAT JSONEachRow').stdout).toBe('{"x":1}\n');
    expect(curl('INSERT INTO lines FORMAT TSV\nby curl\n')).toMatchObject({ status: 0, stdout: '' });
    expect(curl("SELECT count() FROM lines WHERE line = 'by curl'").stdout).toBe('1\n');
    const failed = curl('SELECT nope', '--fail-with-body');
    expect(failed.status).toBe(22);
    expect(failed.stdout).toContain('(UNKNOWN_IDENTIFIER)');
  });

  it('lets GET read and nothing else', async () => {
    const login = { database: engine.database, user: engine.user, password: engine.password };
    const read = async (query: string) =>
      (await fetch(`${engine.url}/?${new URLSearchParams({ query, ...login }).toString()}`)).text();
    expect(await read('SELECT 1')).toBe('1\n');
    expect(await read("INSERT INTO lines SELECT 'by get'")).toContain('(READONLY)');
    expect((await ask("SELECT count() FROM lines WHERE line = 'by get'")).text).toBe('0\n');
  });

  it('lets HEAD and PUT write nothing, and greets HEAD', async () => {
    await ask('CREATE TABLE kept (line String) ENGINE = MergeTree ORDER BY line');
    const login = new URLSearchParams({ user: engine.user, password: engine.password, database: engine.database });
    for (const method of ['HEAD', 'PUT', 'DELETE']) {
      const response = await fetch(`${engine.url}/?${login.toString()}&query=DROP%20TABLE%20kept`, { method });
      expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([500, '164']);
    }
    expect((await fetch(engine.url, { method: 'HEAD' })).status).toBe(200);
    expect((await ask('SELECT count() FROM kept')).text).toBe('0\n');
  });

  it('goes on in the body with a statement that begins in the URL', async () => {
    expect((await ask('number + 1 FROM numbers(3) FORMAT CSV', { query: 'SELECT' })).text).toBe('1\n2\n3\n');
    expect((await ask('WHERE number = 2', { query: 'SELECT * FROM numbers(5)' })).text).toBe('2\n');
    expect((await ask('', { query: 'SELECT 7' })).text).toBe('7\n');
  });

  it('names a statement as its caller did, but for control characters', async () => {
    for (const [id, named] of [
      ['отчёт-1', 'отчёт-1'],
      ['a\nb\u0000', 'ab'],
    ]) {
      const { status, headers } = await ask('SELECT 1', { query_id: id ?? '' });
      const name = Buffer.from(headers.get('x-clickhouse-query-id') ?? '', 'latin1').toString('utf8');
      expect([status, name]).toEqual([200, named]);
    }
  });

  it('takes no parameter of an earlier statement into the rows of another one', async () => {
    await ask('CREATE TABLE numbered (id UInt64) ENGINE = MergeTree ORDER BY id');
    for (let session = 0; session < 4; session += 1) await ask('SELECT {id: UInt64}', { param_id: '7' });
    const refused = await ask('INSERT INTO numbered VALUES ({id: UInt64})');
    expect(refused.headers.get('x-clickhouse-exception-code')).toBe('456');
    expect((await ask('INSERT INTO numbered VALUES ({id: UInt64})', { param_id: '8' })).status).toBe(200);
    expect((await ask('SELECT id FROM numbered')).text).toBe('8\n');
    expect((await ask(`INSERT INTO lines VALUES ('{"a": b}')`)).status).toBe(200);
    await ask('TRUNCATE TABLE lines');
  });

  it('answers who sends more than it can hold, and goes on', async () => {
    const small = await startEngine({ env: { ENGINE_SPOOL_MIB_MAX: '16', ENGINE_QUERY_SESSIONS: '1' } });
    try {
      const login = { 'X-ClickHouse-User': small.user, 'X-ClickHouse-Key': small.password };
      const send = (body: string) => fetch(small.url, { method: 'POST', body, headers: login });
      const refused = await send(`INSERT INTO FUNCTION null('line String') FORMAT TSV\n${'line\n'.repeat(5_000_000)}`);
      expect(await refused.text()).toContain('(MEMORY_LIMIT_EXCEEDED)');
      expect(await (await send('SELECT 1')).text()).toBe('1\n');
      const packed = gzipSync(`INSERT INTO FUNCTION null('line String') FORMAT TSV\n${'line\n'.repeat(5_000_000)}`);
      const zipped = await fetch(small.url, {
        ...{ method: 'POST', body: packed },
        headers: { ...login, 'content-encoding': 'gzip' },
      });
      expect(await zipped.text()).toContain('(MEMORY_LIMIT_EXCEEDED)');
      // Who hangs up while the rest of what was refused is read.
      const headers = Object.entries({ ...login, 'Content-Encoding': 'gzip', 'Content-Length': packed.length + 1_000 });
      const head = ['POST / HTTP/1.1', 'Host: engine', ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
      for (let times = 0; times < 5; times += 1) {
        const socket = connect(Number(new URL(small.url).port), '127.0.0.1');
        await new Promise<void>((resolve) =>
          socket.write(Buffer.concat([Buffer.from(head.join('\r\n')), packed]), () => resolve()),
        );
        socket.destroy();
        await once(socket, 'close');
      }
      expect(await (await send('SELECT 2')).text()).toBe('2\n');
    } finally {
      await small.stop();
    }
  });

  it('joins rows of URL and body', async () => {
    await ask('b\nc\n', { query: 'INSERT INTO lines FORMAT TSV\na\n' });
    await ask(`INSERT INTO lines FORMAT TSV\n${'d\n'.repeat(300_000)}`);
    expect((await ask('SELECT line, count() FROM lines GROUP BY line ORDER BY line')).text).toBe(
      'a\t1\nb\t1\nc\t1\nd\t300000\n',
    );
    await ask('TRUNCATE TABLE lines');
  });

  it('accepts an empty INSERT', async () => {
    expect((await ask('', { query: 'INSERT INTO lines FORMAT RowBinary' })).status).toBe(200);
    expect((await ask('', { query: 'INSERT INTO nowhere FORMAT RowBinary' })).status).toBe(404);
  });

  it('understands gzip both ways', async () => {
    const packed = await ask(gzipSync('INSERT INTO lines FORMAT TSV\npacked\n'), {}, { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(200);
    const damaged = await ask(
      gzipSync('INSERT INTO lines FORMAT TSV\ndamaged\n').subarray(0, 30),
      {},
      { 'content-encoding': 'gzip' },
    );
    expect(damaged.status).toBeGreaterThanOrEqual(400);
    expect((await ask('SELECT line FROM lines')).text).toBe('packed\n');
    const query = encodeURIComponent("SELECT repeat('x', 5000)");
    const login = `user=${engine.user}&password=${engine.password}`;
    const answer = await new Promise<IncomingMessage>((resolve) =>
      get(
        `${engine.url}/?query=${query}&enable_http_compression=1&${login}`,
        { headers: { 'accept-encoding': 'gzip' } },
        resolve,
      ),
    );
    expect(answer.headers['content-encoding']).toBe('gzip');
    const chunks: Buffer[] = [];
    for await (const chunk of answer) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(`${'x'.repeat(5000)}\n`);
    await ask('TRUNCATE TABLE lines');
  });

  it('executes nothing of a body that did not arrive whole', async () => {
    const query = encodeURIComponent(`INSERT INTO ${engine.database}.lines FORMAT TSV`);
    const login = `user=${engine.user}&password=${engine.password}`;
    const headers = `POST /?query=${query}&query_id=ingest-cut&${login} HTTP/1.1\r\nHost: x\r\n`;
    await sendAndHangUp(`${headers}Content-Length: 100\r\n\r\nhalf\n`);
    await sendAndHangUp(`${headers}Transfer-Encoding: chunked\r\n\r\n5\r\nhalf\n\r\n`);
    await expect
      .poll(async () => (await fetch(`${engine.url}/metrics`)).text())
      .toContain('deskwire_engine_spool_bytes 0');
    expect((await ask('SELECT count() FROM lines')).text).toBe('0\n');
  });

  it('gives a late error its own status when asked to wait for the end', async () => {
    const sql =
      "SELECT throwIf(number = 900000), repeat('x', 20) FROM numbers(1000000) SETTINGS max_block_size = 10000";
    expect((await ask(sql, { wait_end_of_query: '1' })).status).toBe(500);
    const tooLarge = await ask("SELECT repeat('x', 1000) FROM numbers(1000000)", { wait_end_of_query: '1' });
    expect(tooLarge.text).toContain('(TOO_MANY_ROWS_OR_BYTES)');
    const streamed = await ask(sql);
    expect(streamed.status).toBe(200);
    const tag = streamed.headers.get('x-clickhouse-exception-tag') ?? 'none';
    expect(streamed.text.endsWith(`${tag}\r\n__exception__\r\n`)).toBe(true);
  });
});
