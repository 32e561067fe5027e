import { NatsError } from 'nats';
import { expect, it } from 'vitest';
import { publishOnce } from './publish-once';

/** A link to a stream that gives each message the same answer. */
function linkTo(answer: () => Promise<{ duplicate: boolean }>): Parameters<typeof publishOnce>[0] {
  const connection = Object.assign(Object.create(null), { jetstream: () => ({ publish: answer }) });
  return { connection: () => connection, ask: (question) => question() };
}
const refused = (err_code: number) => () => {
  const error = new NatsError('refused', '400');
  error.api_error = { code: 400, err_code, description: 'refused' };
  return Promise.reject(error);
};
const publish = (answer: () => Promise<{ duplicate: boolean }>) =>
  publishOnce(linkTo(answer), 'a.b', Buffer.from('{}'));

it('says whether a message was there before, on one server and in a cluster', async () => {
  expect(await publish(() => Promise.resolve({ duplicate: false }))).toEqual({ sent: 'now' });
  expect(await publish(() => Promise.resolve({ duplicate: true }))).toEqual({ sent: 'before' });
  expect(await publish(refused(10_071))).toEqual({ sent: 'before' });
  expect(await publish(refused(10_164))).toEqual({ sent: 'before' });
  expect(await publish(refused(10_077))).toMatchObject({ sent: 'no', refused: { full: true } });
});
