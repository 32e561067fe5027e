import { subjects } from '@deskwire/contracts/subjects';
import { connectNats, inboxPrefix } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { AppendRefused, createAppender, type Appender } from '@deskwire/workflows/appender';
import { CannotApply } from '@deskwire/workflows/cannot-apply';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';

let nats: TestNats;
let nc: NatsConnection;
let appender: Appender;

beforeAll(async () => {
  nats = await startNats();
  nc = await connectNats(nats.env('workflows'), 'workflows');
  appender = createAppender(nc, inboxPrefix('workflows'));
});
afterAll(async () => {
  appender.close();
  await nc.close();
  await nats.stop();
});

const bytes = (length: number) => Buffer.alloc(length, 'x');

test('what is longer than NATS takes cannot be applied, and what is sent with it arrives', async () => {
  const tooLong = (nc.info?.max_payload ?? 0) + 1;
  const customer = subjects.customer('zendesk.long');
  const conversation = subjects.conversation('zendesk', 'long');
  const [short, long, once, onceLong] = await Promise.allSettled([
    appender.append(subjects.customer('zendesk.short'), bytes(10), 0),
    appender.append(customer, bytes(tooLong), 0),
    appender.appendOnce(conversation, bytes(10), 'short'),
    appender.appendOnce(conversation, bytes(tooLong), 'long'),
  ]);
  expect([short.status, once.status]).toEqual(['fulfilled', 'fulfilled']);
  for (const [refused, subject] of [
    [long, customer],
    [onceLong, conversation],
  ] as const) {
    const reason: unknown = refused.status === 'rejected' ? refused.reason : undefined;
    expect(reason).toBeInstanceOf(CannotApply);
    expect(reason).toHaveProperty('message', `${tooLong} bytes for ${subject} are more than NATS takes in a message`);
  }
});

test('appends behind what it expects, once by id, and names the stream that refuses', async () => {
  const subject = subjects.customer('zendesk.seen');
  const first = await appender.append(subject, bytes(1), 0);
  expect(await appender.append(subject, bytes(1), 0)).toBe('conflict');
  expect(await appender.append(subject, bytes(1), first === 'conflict' ? 0 : first.seq)).not.toBe('conflict');

  const conversation = subjects.conversation('zendesk', 'twice');
  const [one, again] = [
    await appender.appendOnce(conversation, bytes(1), 'm1'),
    await appender.appendOnce(conversation, bytes(1), 'm1'),
  ];
  expect(again).toEqual(one);

  const refused = appender.append(subjects.ticket('zendesk', 'big'), bytes(2 ** 20), 0);
  await expect(refused).rejects.toThrow(AppendRefused);
  await expect(refused).rejects.toThrow(/^TICKETS: message size exceeds maximum allowed/);
});
