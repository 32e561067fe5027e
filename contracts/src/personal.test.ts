import { expect, it } from 'vitest';
import { event } from './event.ts';
import { hideContact, splitPersonal } from './personal.ts';
import { readMessage } from './read-event.ts';

const blind = (kind: string, value: string) => `b_${kind}_${value.length}`;
const envelope = { specversion: '1.0', id: 'e1', source: 'zendesk/acme', time: '2026-11-22T10:00:00Z' };
const marked = { name: 'MARK', email: 'MARK@example.org', phone: '+49 MARK' };
/** As ingest reads it: not as a schema would write it again. */
const splitOf = (of: object) => {
  const [reading] = readMessage('zendesk', Buffer.from(JSON.stringify(of)), Date.parse(envelope.time));
  if (reading?.kept !== true) throw new Error('refused');
  return splitPersonal(reading.event, blind);
};
const split = (type: string, data: object, extra: object = {}) =>
  splitPersonal(event.parse({ ...envelope, type, data, ...extra }), blind);

const cases: [string, object][] = [
  [
    'ticket.snapshot',
    {
      ticket_id: 'T',
      created_at: envelope.time,
      updated_at: envelope.time,
      status: 'open',
      subject: 'MARK',
      requester: marked,
      fields: { a: 'MARK' },
      other: 'MARK',
    },
  ],
  [
    'ticket.message',
    { ticket_id: 'T', message_id: 'M', author: 'customer', public: true, body: 'MARK', created_at: envelope.time },
  ],
  ['ticket.rating', { ticket_id: 'T', score: 4, comment: 'MARK', rated_at: envelope.time }],
  ['ticket.deleted', { ticket_id: 'T', why: 'MARK' }],
  [
    'customer.snapshot',
    { customer_id: 'C', ...marked, company: 'MARK', consents: { note: 'MARK' }, updated_at: envelope.time },
  ],
  ['customer.erased', { customer_id: 'C', name: 'MARK' }],
  ['interaction.logged', { customer_id: 'C', kind: 'call', occurred_at: envelope.time, fields: { said: 'MARK' } }],
  ['source.heartbeat', { cursor: 'c', sent_count: 1, interval_s: 5, note: 'MARK' }],
];
it.each(cases)('leaves nothing personal in the open part of %s', (type, data) => {
  const { open, personal } = split(type, data, { extension: 'MARK', subject: 'MARK' });
  expect(JSON.stringify(open)).not.toContain('MARK');
  expect(JSON.stringify(personal)).toContain('MARK');
});

it('writes the same content the same way, in whatever order a source sends it', () => {
  const data = {
    ...{ ticket_id: 'T', created_at: envelope.time, updated_at: envelope.time, status: 'open', team: 'A' },
    ...{ subject: 'S', requester: { name: 'N', email: 'E', phone: 'P' }, fields: { b: 1 } },
  };
  const reversed = (of: object) => Object.fromEntries(Object.entries(of).reverse());
  const other = { ...reversed(data), requester: reversed(data.requester) };
  const written = (of: object) => JSON.stringify(splitOf({ ...envelope, type: 'ticket.snapshot', data: of }));
  expect(written(other)).toBe(written(data));
  expect(written({ ...data, requester: { phone: 'P' } })).toContain('"requester":{"phone":"P"}');
});

it('has no personal part where there is nothing personal', () => {
  const open = {
    ticket_id: 'T',
    created_at: envelope.time,
    updated_at: envelope.time,
    status: 'open',
    team: 'Billing',
  };
  expect(split('ticket.snapshot', open, { subject: 'T' })).toMatchObject({ personal: undefined, open });
});

it('replaces ids that are addresses or phone numbers, everywhere the same way', () => {
  const data = {
    ticket_id: 'jane@example.org',
    created_at: envelope.time,
    updated_at: envelope.time,
    status: 'open',
    customer_id: '+1 (555) 010-0100',
    assignee: 'Bob <bob@example.org>',
  };
  expect(split('ticket.snapshot', data, { id: 'mail-jane@example.org' })).toMatchObject({
    id: 'b_email_21',
    ticketId: 'b_email_16',
    customerId: 'b_phone_17',
    open: { assignee: 'Bob <b_email_15>' },
  });
});

it('leaves ordinary ids alone', () => {
  for (const id of ['INC0000045/3', '35436', '2016-02-29', 'a@b', '(new)', '+1', 'Group 70', '日本'])
    expect(hideContact(id, blind)).toBe(id);
});

it('writes times in UTC', () => {
  expect(
    split('ticket.rating', { ticket_id: 'T', score: 1, rated_at: '2026-11-22T11:00:00+01:00' }).open,
  ).toMatchObject({ rated_at: '2026-11-22T10:00:00.000Z' });
});
