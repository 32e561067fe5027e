import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Ask, type Asked, startSmallEngine } from '../testing/start-small-engine.ts';
import type { StartedEngine } from './start-engine.ts';

let engine: StartedEngine;
let ask: Ask;

beforeAll(async () => {
  ({ engine, ask } = await startSmallEngine());
});

afterAll(async () => {
  await engine.stop();
});

const endless = 'SELECT sum(sipHash64(number)) FROM numbers(1e12)';

async function runningCount(queryId: string): Promise<number> {
  // Asked in the feeds' lane, so that it is answered while all other sessions are busy.
  const sql = `SELECT count() FROM system.processes WHERE query_id LIKE '${queryId}'`;
  return Number((await ask(sql, { query_id: `ingest-look-${crypto.randomUUID()}` })).text);
}

async function kill(queryId: string): Promise<Asked> {
  return ask(`KILL QUERY WHERE query_id LIKE '${queryId}' SYNC`);
}

describe('statements at once', () => {
  it('kills the statement of a caller who hangs up, also one that waits for its reader', async () => {
    const login = `user=${engine.user}&password=${engine.password}`;
    for (const [queryId, sql] of [
      ['left-computing', endless],
      ['left-reading', 'SELECT number FROM numbers(1e12)'],
    ] as const) {
      const socket = connect(Number(new URL(engine.url).port), '127.0.0.1');
      socket.pause();
      socket.write(
        `POST /?query_id=${queryId}&${login} HTTP/1.1\r\nHost: x\r\nContent-Length: ${sql.length}\r\n\r\n${sql}`,
      );
      await expect.poll(() => runningCount(queryId), { timeout: 10_000 }).toBe(1);
      socket.destroy();
      await expect.poll(() => runningCount(queryId), { timeout: 10_000 }).toBe(0);
    }
  });

  it('refuses a query id that is running', async () => {
    const first = ask(endless, { query_id: 'same' });
    await expect.poll(() => runningCount('same'), { timeout: 10_000 }).toBe(1);
    const second = await ask('SELECT 1', { query_id: 'same' });
    expect(second.text).toContain('Code: 216.');
    expect((await kill('same')).text).toContain('same');
    expect((await first).text).toContain('Code: 394.');
    expect((await ask('SELECT 1', { query_id: 'same' })).text).toBe('1\n');
  });

  it('bounds the queue, and keeps a lane for feeds and a session for kills', async () => {
    const busy = ['busy-1', 'busy-2'].map((query_id) => ask(endless, { query_id }));
    await expect.poll(() => runningCount('busy-%'), { timeout: 10_000 }).toBe(2);
    const waiting = [ask('SELECT 1'), ask('SELECT 1')];
    const gauge = async () => (await fetch(`${engine.url}/metrics`)).text();
    await expect.poll(gauge).toContain('deskwire_engine_query_statements_waiting 2');
    const refused = await ask('SELECT 1');
    expect([refused.status, refused.headers.get('x-clickhouse-exception-code')]).toEqual([500, '202']);
    expect((await ask('SELECT 1', { query_id: 'ingest-EVENTS' })).text).toBe('1\n');
    expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
    expect((await kill('busy-%')).status).toBe(200);
    await Promise.all(busy);
    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(['1\n', '1\n']);
  });

  it('keeps the answers of many statements at once apart', async () => {
    const numbers = Array.from({ length: 4 }, (_, index) => String(index));
    const rounds = Array.from({ length: 25 }, () => numbers.slice(0, 3));
    for (const round of rounds) {
      const answers = await Promise.all(
        round.map((n) =>
          ask("SELECT {n:UInt8}, getSetting('max_threads')", { param_n: n, max_threads: String(Number(n) + 1) }),
        ),
      );
      expect(answers.map(({ text }) => text)).toEqual(round.map((n) => `${n}\t${Number(n) + 1}\n`));
    }
  });
});
