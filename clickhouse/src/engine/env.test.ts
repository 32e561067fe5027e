import { describe, expect, it } from 'vitest';

import { readEngineEnv } from './env.ts';

const good = {
  CLICKHOUSE_PASSWORD: 'correct horse',
  CLICKHOUSE_DISK_KEY: '0f'.repeat(32),
  UV_THREADPOOL_SIZE: '16',
};

describe('readEngineEnv', () => {
  it('fills in defaults on loopback', () => {
    const env = { BIND_HOST: '127.0.0.1', CLICKHOUSE_PORT: 18_123, CLICKHOUSE_DATABASE: 'deskwire' };
    expect(readEngineEnv(good)).toMatchObject({ ok: true, env });
  });

  it.each([
    [{ CLICKHOUSE_DISK_KEY: 'secret-but-short' }, 'CLICKHOUSE_DISK_KEY'],
    [{ CLICKHOUSE_DISK_KEY: undefined }, 'CLICKHOUSE_DISK_KEY'],
    [{ CLICKHOUSE_PASSWORD: '' }, 'CLICKHOUSE_PASSWORD'],
    [{ CLICKHOUSE_PORT: '70000' }, 'CLICKHOUSE_PORT'],
    [{ BIND_HOST: '0.0.0.0' }, 'BIND_HOST'],
    [{ CLICKHOUSE_DATABASE: 'a; DROP' }, 'CLICKHOUSE_DATABASE'],
    [{ UV_THREADPOOL_SIZE: '13' }, 'UV_THREADPOOL_SIZE'],
    [{ UV_THREADPOOL_SIZE: undefined }, 'UV_THREADPOOL_SIZE'],
  ])('names the wrong variable of %j in one line and shows no value', (wrong, name) => {
    const read = readEngineEnv({ ...good, ...wrong });
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.message).toMatch(new RegExp(`^${name}: [^\\n]+$`));
    expect(read.message).not.toContain('secret');
  });
});
