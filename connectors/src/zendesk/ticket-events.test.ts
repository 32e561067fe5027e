import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMessage } from '@deskwire/contracts/read-event';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toEvents, zendeskTicket } from './ticket-events.ts';

const options = { source: 'zendesk/acme', groups: new Map([['7', 'Billing']]) };
const ticket = zendeskTicket.parse({
  ...{
    id: 28,
    created_at: '2023-09-18T15:57:42Z',
    updated_at: '2023-09-18T16:00:00Z',
    generated_timestamp: 1695053389,
  },
  ...{ status: 'pending', priority: 'high', subject: 'Cannot log in', group_id: 7, assignee_id: 9, requester_id: 11 },
  ...{ via: { channel: 'email' }, tags: ['vip'], satisfaction_rating: { id: 5, score: 'good', comment: 'thanks' } },
});

/** What ingest makes of them. */
const read = (events: unknown[]) =>
  readMessage('zendesk', Buffer.from(JSON.stringify(events)), Date.UTC(2026, 0, 1)).map((reading) =>
    reading.kept ? reading.event : reading.reason,
  );

describe('toEvents', () => {
  it('maps a ticket to a snapshot and its rating', () => {
    expect(read(toEvents(ticket, options))).toMatchObject([
      {
        id: '28/1695053389',
        data: {
          ...{ ticket_id: '28', status: 'pending', priority: 'high', source_version: 1695053389, team: 'Billing' },
          ...{ assignee: '9', channel: 'email', customer_id: '11', tags: ['vip'], subject: 'Cannot log in' },
        },
      },
      { type: 'ticket.rating', id: '28/rating/5/5', data: { score: 5, comment: 'thanks' } },
    ]);
  });

  it('sends a deleted ticket as created and then deleted, at the time of the deletion', () => {
    const events = toEvents({ ...ticket, status: 'deleted', satisfaction_rating: null }, options);
    expect(read(events)).toMatchObject([
      { type: 'ticket.snapshot', data: { status: 'new', updated_at: '2023-09-18T15:57:42Z' } },
      { type: 'ticket.deleted', time: '2023-09-18T16:09:49.000Z' },
    ]);
  });

  it('gives each deletion of a ticket that was restored in between an id of its own, and an export read twice the same', () => {
    const deleted = { ...ticket, status: 'deleted', satisfaction_rating: null };
    const again = { ...deleted, generated_timestamp: 1695060000 };
    const idsOf = (of: typeof ticket) => toEvents(of, options).map(({ id }) => id);
    const exported = [deleted, { ...ticket, generated_timestamp: 1695055000 }, again].map((each) => idsOf(each).at(-1));
    expect(exported).toEqual(['28/deleted/1695053389', '28/rating/5/5', '28/deleted/1695060000']);
    expect(idsOf(deleted)).toEqual(idsOf({ ...deleted }));
  });

  it('gives a rating that was changed from bad to good another id, and one that stays the same the same', () => {
    const rated = (score: string, comment: string | null) =>
      toEvents({ ...ticket, satisfaction_rating: { id: '5', score, comment } }, options).at(-1);
    expect([rated('bad', null), rated('good', null), rated('good_with_comment', 'thanks')]).toMatchObject([
      { id: '28/rating/5/1', data: { score: 1 } },
      { id: '28/rating/5/5', data: { score: 5 } },
      { id: '28/rating/5/5', data: { score: 5 } },
    ]);
  });

  it('keeps the id of a group without a name, and an unknown status for the ledger to refuse', () => {
    expect(toEvents({ ...ticket, group_id: '8' }, options)[0]).toMatchObject({ data: { team: '8' } });
    expect(read(toEvents({ ...ticket, status: 'odd', satisfaction_rating: null }, options))).toEqual([
      'unknown-status',
    ]);
  });
});

const folder = join(process.env['REAL_DATA_DIR'] ?? '../shared/data', 'contracts/zendesk');
const file = join(folder, 'incremental_tickets_full_1000.json');

describe.skipIf(!existsSync(file))('a real export', () => {
  it('of 1,000 tickets, 515 of them deleted, is accepted whole', () => {
    const shape = z.object({ response: z.object({ tickets: z.array(zendeskTicket) }) });
    const { tickets } = shape.parse(JSON.parse(readFileSync(file, 'utf8'))).response;
    const readings = tickets.flatMap((each) => read(toEvents(each, options)));
    const types = readings.map((event) => (typeof event === 'string' ? event : event.type));
    expect(types.filter((type) => type === 'ticket.snapshot')).toHaveLength(1_000);
    expect(types.filter((type) => type === 'ticket.deleted')).toHaveLength(515);
    expect(types).toHaveLength(1_515);
  });
});
