import { NatsError } from 'nats';
import { expect, it } from 'vitest';
import { written } from './users-bucket.ts';

const refused = (err_code: number) => {
  const error = new NatsError('refused', '400');
  error.api_error = { code: 400, err_code, description: 'refused' };
  return Promise.reject(error);
};

it('says that somebody was faster, on one server and in a cluster', async () => {
  expect(await written(Promise.resolve())).toBe(true);
  expect(await written(refused(10_071))).toBe(false);
  expect(await written(refused(10_164))).toBe(false);
  await expect(written(refused(10_077))).rejects.toThrow('refused');
});
