import { describe, expect, it } from 'vitest';

import type { EngineSession } from './engine-session.ts';
import { createSessionPool } from './session-pool.ts';

function fakes() {
  const log: string[] = [];
  let made = 0;
  const open = (): EngineSession => {
    const name = (made += 1);
    return { run: () => Promise.reject(new Error('not asked')), close: () => void log.push(`closed ${name}`) };
  };
  const pool = createSessionPool({
    open,
    sizes: { query: 1, ingest: 1, control: 1 },
    pipes: ['a', 'b', 'c'],
    queueMax: { query: 1, ingest: 1, control: 1 },
  });
  return { pool, log };
}

const patient = new AbortController().signal;

describe('a session pool', () => {
  it('hands a session on in order of asking', async () => {
    const { pool } = fakes();
    const first = await pool.acquire('query', patient);
    const second = pool.acquire('query', patient);
    expect(pool.waiting('query')).toBe(1);
    first.release('clean');
    expect((await second).session).toBe(first.session);
  });

  it('refuses when the queue of the lane is full, and serves the other lanes', async () => {
    const { pool } = fakes();
    await pool.acquire('query', patient);
    void pool.acquire('query', patient);
    await expect(pool.acquire('query', patient)).rejects.toMatchObject({ code: 202 });
    expect((await pool.acquire('ingest', patient)).pipe).toBe('b');
  });

  it('replaces a spoiled session, once', async () => {
    const { pool, log } = fakes();
    const lease = await pool.acquire('query', patient);
    lease.release('spoiled');
    lease.release('spoiled');
    expect(log).toEqual(['closed 1']);
    expect((await pool.acquire('query', patient)).session).not.toBe(lease.session);
  });

  it('lets go of a statement that was cancelled while it waited', async () => {
    const { pool } = fakes();
    const first = await pool.acquire('query', patient);
    const abort = new AbortController();
    const second = pool.acquire('query', abort.signal);
    abort.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect(pool.waiting('query')).toBe(0);
    first.release('clean');
    expect(pool.busy('query')).toBe(0);
  });
});
