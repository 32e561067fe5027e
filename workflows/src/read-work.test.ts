import { subjects } from '@deskwire/contracts/subjects';
import { expect, test } from 'vitest';
import { createIdMemory } from './id-memory.ts';
import { readWork } from './read-work.ts';

const time = '2026-11-22T10:00:00+01:00';
const blind = (kind: 'email' | 'phone') => `b_${kind}`;
const envelope = { specversion: '1.0', source: 'zendesk/eu', time };
const read = (...events: object[]) =>
  readWork(
    {
      ...{ subject: subjects.batch('zendesk'), seq: 7, timeUs: Date.parse('2026-11-22T10:00:00Z') * 1_000 },
      data: Buffer.from(JSON.stringify(events)),
    },
    3,
    blind,
    createIdMemory().meet,
  );
const snapshot = {
  ...{ ticket_id: 'ada@example.com', created_at: time, updated_at: time, status: 'open', assignee: 'bob@example.com' },
  ...{ subject: 'x'.repeat(600), requester: { name: 'Ada', email: 'ada@example.com', alias: 'secret' } },
};

test('ids and times are those of the ledger, positions count rejected events, and only subject and requester are sealed', () => {
  const [only, ...more] = read(
    { ...envelope, id: '1', type: 'unheard.of', data: {} },
    { ...envelope, id: 'ada@example.com', type: 'ticket.snapshot', data: snapshot },
    { ...envelope, id: '3', type: 'source.heartbeat', data: { cursor: 'c', sent_count: 1, interval_s: 60 } },
  );
  expect(more).toEqual([]);
  expect(only?.position).toEqual({ epoch: 3, seq: 7, idx: 1 });
  const sealed: string[] = [];
  const task = only?.finish((text) => String(sealed.push(text)));
  expect(task).toMatchObject({
    of: 'ticket',
    subject: subjects.ticket('zendesk', 'b_email'),
    event: {
      ...{ id: 'b_email', source: 'zendesk/eu', time: '2026-11-22T09:00:00.000Z' },
      body: {
        type: 'ticket.snapshot',
        sealed: '1',
        data: { assignee: 'b_email', created_at: '2026-11-22T09:00:00.000Z' },
      },
    },
  });
  expect(JSON.parse(sealed[0] ?? '')).toEqual({
    subject: 'x'.repeat(500),
    requester: { name: 'Ada', email: 'ada@example.com' },
  });
});

test('a body whose key was destroyed does not come back, the message still counts', () => {
  const data = { ticket_id: 't', message_id: 'm', author: 'agent', public: true, body: 'hello', created_at: time };
  const [work] = read({ ...envelope, id: '1', type: 'ticket.message', data });
  expect(work?.finish(() => null)).toMatchObject({ thread: undefined, event: { body: { type: 'ticket.message' } } });
  expect(work?.finish(() => 'sealed')).toMatchObject({ thread: { ticketId: 't', message: { sealed: 'sealed' } } });
});

test('an address links customers only where the source vouches for it', () => {
  const data = { customer_id: 'c', email: 'ada@example.com', updated_at: time };
  const verified = (email_verified: unknown) =>
    read({ ...envelope, id: '1', type: 'customer.snapshot', data: { ...data, email_verified } })[0]?.finish(() => 's');
  expect(verified(true)).toMatchObject({ change: { what: { mail: 'b_email', isVerified: true, sealed: 's' } } });
  for (const other of [false, undefined])
    expect(verified(other)).toMatchObject({ change: { what: { isVerified: false } } });
  // Not a plain yes or no: the event is rejected, as with any other field.
  for (const other of ['true', 1, null]) expect(verified(other)).toBeUndefined();
});

test('consents go with the profile as long as they are short', () => {
  const sealedOf = (consents: object) => {
    const sealed: string[] = [];
    const data = { customer_id: 'c', name: 'Ada', consents, updated_at: time };
    read({ ...envelope, id: '1', type: 'customer.snapshot', data })[0]?.finish((text) => String(sealed.push(text)));
    return sealed;
  };
  expect(sealedOf({ mail: true })).toEqual(['{"name":"Ada","consents":{"mail":true}}']);
  expect(sealedOf({ all: Array.from({ length: 10_000 }, () => 1e20) })).toEqual(['{"name":"Ada"}']);
});

test('says of an event that its source used its id before, for another ticket or a heartbeat, but not for what was refused', () => {
  const ticket = (ticket_id: string, id: string, source = 'zendesk/eu') => ({
    ...{ ...envelope, source, id, type: 'ticket.snapshot' },
    data: { ticket_id, created_at: time, updated_at: time, status: 'open' },
  });
  const beat = { ...envelope, id: '3', type: 'source.heartbeat', data: { cursor: 'c', sent_count: 1, interval_s: 60 } };
  const refused = { ...envelope, id: '4', type: 'unheard.of', data: {} };
  const others = [ticket('b', '1', 'zendesk/us'), ticket('b', '2'), beat, refused, ticket('a', '3'), ticket('a', '4')];
  const work = read(ticket('a', '1'), ticket('b', '1'), ...others);
  expect(work.map(({ metBefore }) => metBefore)).toEqual([false, true, false, false, true, false]);
  expect(work[2]?.source).toBe('zendesk/us');
});
