import { Empty } from 'nats';
import { expect, it } from 'vitest';
import { createAppender, type AppendLink } from './appender.ts';

/** A stream that gives each message the same answer. */
function answering(answer: object) {
  let deliver: Parameters<AppendLink['subscribe']>[1]['callback'] = () => undefined;
  const nc: AppendLink = {
    subscribe: (_, { callback }) => {
      deliver = callback;
      return { unsubscribe: () => undefined };
    },
    publish: (_, __, { reply }) => queueMicrotask(() => deliver(null, { subject: reply, data: encode(answer) })),
    isClosed: () => false,
  };
  return createAppender(nc, '_INBOX_test');
}
const encode = (answer: object) => Buffer.from(JSON.stringify(answer));

it.each([10_071, 10_164])('calls it a conflict when another writer was faster, be it said as %i', async (err_code) => {
  const appender = answering({
    error: { code: 400, err_code, description: 'wrong last sequence' },
    stream: 'TICKETS',
    seq: 0,
  });
  expect(await appender.append('tickets.a.b', Empty, 0)).toBe('conflict');
  appender.close();
});

it('rejects when the stream refuses for another reason', async () => {
  const appender = answering({ error: { code: 503, err_code: 10_077, description: 'maximum bytes exceeded' } });
  await expect(appender.append('tickets.a.b', Empty, 0)).rejects.toThrow('maximum bytes exceeded');
  appender.close();
});
