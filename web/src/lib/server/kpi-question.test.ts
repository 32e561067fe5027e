import { QueryError } from '@deskwire/clickhouse/query';
import { expect, it } from 'vitest';
import { orProblem } from './kpi-question';

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
