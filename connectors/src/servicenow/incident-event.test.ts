import { readMessage } from '@deskwire/contracts/read-event';
import { describe, expect, it } from 'vitest';
import { parseLogTime, toSnapshot, type IncidentUpdate } from './incident-event.ts';

const update: IncidentUpdate = {
  number: 'INC0000045',
  modCount: '3',
  state: 'Active',
  openedAt: '29/2/2016 01:16',
  updatedAt: '29/2/2016 11:29',
  priority: '3 - Moderate',
  team: 'Group 56',
  assignee: 'Resolver 9',
  caller: 'Caller 2403',
  contactType: 'Phone',
};
const options = { source: 'servicenow/uci', shiftMs: 0 };

/** What ingest makes of it. */
const read = (row: IncidentUpdate) =>
  readMessage('servicenow', Buffer.from(JSON.stringify(toSnapshot(row, options))), Date.UTC(2026, 0, 1))[0];

describe('toSnapshot', () => {
  it('maps an update to what the contract accepts', () => {
    expect(toSnapshot(update, options)).toEqual({
      specversion: '1.0',
      id: 'INC0000045/3',
      source: 'servicenow/uci',
      type: 'ticket.snapshot',
      time: '2016-02-29T11:29:00.000Z',
      subject: 'INC0000045',
      data: {
        ticket_id: 'INC0000045',
        created_at: '2016-02-29T01:16:00.000Z',
        updated_at: '2016-02-29T11:29:00.000Z',
        source_version: 3,
        status: 'open',
        priority: 'normal',
        team: 'Group 56',
        assignee: 'Resolver 9',
        channel: 'Phone',
        customer_id: 'Caller 2403',
      },
    });
    expect(read(update)).toMatchObject({ kept: true });
  });

  it.each([
    ['New', 'new'],
    ['Active', 'open'],
    ['Awaiting User Info', 'pending'],
    ['Awaiting Problem', 'hold'],
    ['Awaiting Vendor', 'hold'],
    ['Awaiting Evidence', 'hold'],
    ['Resolved', 'solved'],
    ['Closed', 'closed'],
  ])('maps state %s to %s', (state, status) => {
    expect(toSnapshot({ ...update, state }, options).data.status).toBe(status);
  });

  it.each([
    ['1 - Critical', 'urgent'],
    ['2 - High', 'high'],
    ['3 - Moderate', 'normal'],
    ['4 - Low', 'low'],
  ])('maps priority %s to %s', (priority, mapped) => {
    expect(toSnapshot({ ...update, priority }, options).data.priority).toBe(mapped);
  });

  it('leaves out what the log does not know', () => {
    const { data } = toSnapshot(
      { ...update, team: '?', assignee: '?', caller: '?', contactType: '?', priority: '?' },
      options,
    );
    const written = Object.entries(data).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    expect(written).toEqual([...['ticket_id', 'created_at', 'updated_at', 'source_version', 'status']]);
  });

  it('sends an unknown state as it stands, so that the ledger refuses it as unknown-status', () => {
    expect(toSnapshot({ ...update, state: '-100' }, options).data.status).toBe('-100');
    expect(read({ ...update, state: '-100' })).toMatchObject({
      kept: false,
      reason: 'unknown-status',
      id: 'INC0000045/3',
    });
  });

  it('sends an unreadable time as it stands, so that the ledger refuses it', () => {
    expect(read({ ...update, updatedAt: '31/2/2016 11:29' })).toMatchObject({ kept: false, reason: 'invalid-time' });
    expect(read({ ...update, openedAt: '?' })).toMatchObject({ kept: false, reason: 'invalid-data' });
  });

  it('moves every time by the same amount', () => {
    const { time, data } = toSnapshot(update, { ...options, shiftMs: 86_400_000 });
    expect([time, data.created_at]).toEqual(['2016-03-01T11:29:00.000Z', '2016-03-01T01:16:00.000Z']);
  });
});

describe('parseLogTime', () => {
  it.each([
    ['1/12/2016 00:05', Date.UTC(2016, 11, 1, 0, 5)],
    ['29/2/2016 23:59', Date.UTC(2016, 1, 29, 23, 59)],
    ['29/2/2017 23:59', undefined],
    ['12/13/2016 10:00', undefined],
    ['1/1/2016 24:00', undefined],
    ['2016-01-01 10:00', undefined],
    ['?', undefined],
  ])('reads %s', (text, ms) => {
    expect(parseLogTime(text)).toBe(ms);
  });
});
