import { QueryError } from '@deskwire/clickhouse/query';
import { describe, expect, it } from 'vitest';
import { askedRange, orProblem } from './kpi-question';

const failing = (code: string) =>
  orProblem(() => Promise.reject(new QueryError('a query', { cause: Object.assign(new Error('refused'), { code }) })));

it.each([
  ['159', 504],
  ['241', 504],
  ['202', 503],
  ['236', 503],
  ['394', 503],
  ['ECONNREFUSED', 503],
])('answers what ClickHouse says with %s by %i', async (code, status) => {
  expect((await failing(code)).status).toBe(status);
});

it('hides no mistake of ours', async () => {
  await expect(failing('62')).rejects.toThrow(QueryError);
});

describe('the range of a question', () => {
  const zone = 'Europe/Berlin';
  const range = (asked: { from?: string; to?: string }, now: string, readAt = now) => {
    const { from, to } = askedRange(asked, { now: Date.parse(now), readAt: Date.parse(readAt), zone });
    return [from, to].map((ms) => new Date(ms).toISOString());
  };
  const [before, after] = ['2026-11-22T22:59:55.000Z', '2026-11-22T23:00:02.000Z'];

  it('is today until the flow was read', () => {
    expect(range({}, '2026-11-22T11:07:02.000Z', '2026-11-22T11:07:00.000Z')).toEqual([
      '2026-11-21T23:00:00.000Z',
      '2026-11-22T11:07:00.000Z',
    ]);
  });
  it('is the new day just after midnight, when the flow was read before it', () => {
    expect(range({}, after, before)).toEqual(['2026-11-22T23:00:00.000Z', '2026-11-22T23:00:00.001Z']);
  });
  it('is what was asked for, also when it began after the flow was read', () => {
    const from = '2026-11-22T23:00:01.000Z';
    expect(range({ from }, after, before)).toEqual([from, '2026-11-22T23:00:01.001Z']);
    expect(range({ from, to: '2026-11-23T00:00:00.000Z' }, after, before)).toEqual([from, '2026-11-23T00:00:00.000Z']);
  });
});
