import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { spoolPath } from './spool.ts';
import { type StartedEngine, startEngine } from './start-engine.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'deskwire-storage-'));
const marker = 'plain-text-marker-7f3a';
let engine: StartedEngine;

async function ask(sql: string): Promise<string> {
  const headers = { 'X-ClickHouse-User': engine.user, 'X-ClickHouse-Key': engine.password };
  const response = await fetch(`${engine.url}/?database=${engine.database}`, { method: 'POST', body: sql, headers });
  return response.text();
}

function spoolOf(dir: string): string {
  return spoolPath(join(realpathSync(dir), 'clickhouse'));
}

function filesWith(text: string): string {
  try {
    return execFileSync('grep', ['-rlaF', text, dataDir], { encoding: 'utf8' });
  } catch {
    // grep ends with 1 when it finds nothing.
    return '';
  }
}

beforeAll(async () => {
  engine = await startEngine({ dataDir });
  await ask('CREATE TABLE secrets (id UInt64, body String) ENGINE = MergeTree ORDER BY id');
  await ask(`INSERT INTO secrets SELECT number, concat('${marker}', toString(number)) FROM numbers(100000)`);
});

afterAll(async () => {
  await engine.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the data directory', () => {
  it('holds nothing in plain text', async () => {
    expect(await ask(`SELECT countIf(body LIKE '${marker}%') FROM secrets`)).toBe('100000\n');
    expect(
      await ask(
        'SELECT DISTINCT is_encrypted FROM system.parts AS p JOIN system.disks AS d ON d.name = p.disk_name WHERE active',
      ),
    ).toBe('1\n');
    expect(filesWith(marker)).toBe('');
    expect(filesWith(engine.diskKey)).toBe('');
  });

  it('keeps the key out of the arguments of the process', () => {
    expect(readFileSync(`/proc/${engine.pid}/cmdline`, 'utf8')).not.toContain(engine.diskKey);
  });

  it('does not spill to disk', async () => {
    const sql =
      "SELECT getSetting('max_bytes_ratio_before_external_group_by'), getSetting('max_bytes_ratio_before_external_sort')";
    expect(await ask(sql)).toBe('0\t0\n');
  });

  it('is not shared by two engines', async () => {
    await expect(startEngine({ dataDir, diskKey: engine.diskKey })).rejects.toThrow(/another engine is using it/);
    expect(await ask('SELECT 1')).toBe('1\n');
  });

  it('refuses another key in one line, harms nothing, and opens again with its own', async () => {
    const { diskKey } = engine;
    const spool = spoolOf(dataDir);
    expect(existsSync(spool)).toBe(true);
    await engine.stop();
    expect(existsSync(spool)).toBe(false);
    const wrong = startEngine({ dataDir, diskKey: 'ab'.repeat(32) });
    await expect(wrong).rejects.toThrow(/^engine ended with 1: engine: CLICKHOUSE_DISK_KEY: is not the key[^\n]*$/);
    engine = await startEngine({ dataDir, diskKey });
    expect(await ask('SELECT count() FROM secrets')).toBe('100000\n');
  });
});

describe('the process', () => {
  it.each([
    ['CLICKHOUSE_PORT', 'http'],
    ['CLICKHOUSE_DISK_KEY', 'abc'],
    ['BIND_HOST', '0.0.0.0'],
    ['UV_THREADPOOL_SIZE', '4'],
  ])('names %s when it is wrong', async (name, value) => {
    await expect(startEngine({ env: { [name]: value } })).rejects.toThrow(
      new RegExp(`^engine ended with 1: engine: ${name}: [^\\n]+$`),
    );
  });

  it('counts time in UTC wherever it runs', async () => {
    const tokyo = await startEngine({ env: { TZ: 'Asia/Tokyo' } });
    const headers = { 'X-ClickHouse-User': tokyo.user, 'X-ClickHouse-Key': tokyo.password };
    const answer = await fetch(tokyo.url, {
      method: 'POST',
      body: "SELECT toDateTime('1970-01-02 00:00:00')::UInt32",
      headers,
    });
    expect([answer.headers.get('x-clickhouse-timezone'), await answer.text()]).toEqual(['UTC', '86400\n']);
    await tokyo.stop();
  });

  it('does not take over a port', async () => {
    const other = createServer((_, response) => response.end('somebody else'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startEngine({ port })).rejects.toThrow(
      /^engine ended with 1: engine: CLICKHOUSE_PORT: \d+ on 127\.0\.0\.1 is taken[^\n]*$/,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('stops in order: lets a statement finish, kills what takes too long, leaves no spool', async () => {
    const own = await startEngine({ env: { ENGINE_STOP_SECONDS_MAX: '1' } });
    const run = async (sql: string) => {
      const headers = { 'X-ClickHouse-User': own.user, 'X-ClickHouse-Key': own.password };
      return (await fetch(own.url, { method: 'POST', body: sql, headers })).text();
    };
    const spool = spoolOf(own.dataDir);
    expect(existsSync(spool)).toBe(true);
    const short = run('SELECT sleep(0.5)');
    const long = run('SELECT sum(sipHash64(number)) FROM numbers(1e12)').catch(() => 'cut');
    await expect
      .poll(() => run('SELECT count() FROM system.processes').then(Number), { timeout: 10_000 })
      .toBeGreaterThanOrEqual(2);
    await own.stop();
    expect(await own.exited).toBe(0);
    expect(await short).toBe('0\n');
    expect(await long).toMatch(/cut|QUERY_WAS_CANCELLED/);
    expect(existsSync(spool)).toBe(false);
  });
});
