import { ticket as ticketSchema } from '@deskwire/contracts/ticket';
import { describe, expect, it } from 'vitest';
import { at, createDesk } from './testing/desk.ts';

describe('what comes again', () => {
  it('knows a position, an event id and a message id again', () => {
    const desk = createDesk();
    desk.snapshot('10:00');
    const data = { ticket_id: '7', message_id: 'm1', author: 'agent', public: true, created_at: at('10:30') } as const;
    const body = { type: 'ticket.message', data } as const;
    expect(desk.take(body, { id: 'x' }).outcome).toBe('applied');
    expect(desk.take(body, { id: 'y' }).outcome).toBe('repeated');
    expect(desk.rating('11:00', 5, { id: 'x' }).outcome).toBe('repeated');
    expect(desk.rating('11:00', 5, { id: 'x', source: 'zendesk/east' }).outcome).toBe('applied');
    const again = (epoch: number, seq: number, idx: number) =>
      desk.rating('11:00', 5, { id: `${epoch}-${seq}-${idx}`, position: { epoch, seq, idx } }).outcome;
    expect(again(1, 5, 0)).toBe('redelivered');
    expect(again(0, 99, 0)).toBe('redelivered');
    expect(again(1, 5, 1)).toBe('applied');
    expect(again(2, 1, 0)).toBe('applied');
    expect(again(1, 99, 0)).toBe('redelivered');
  });

  it('remembers the last 64 ids', () => {
    const desk = createDesk();
    for (let i = 0; i < 100; i++) desk.message('10:00', 'customer', { message_id: `m${i}` });
    expect(desk.ticket().event_ids).toHaveLength(64);
    expect(desk.ticket().message_ids).toHaveLength(64);
    expect(desk.message('10:00', 'customer', { message_id: 'm36' }).outcome).toBe('repeated');
    expect(desk.message('10:00', 'customer', { message_id: 'm35' }).outcome).toBe('late');
  });
});

describe('the size of a state', () => {
  const floor = { epoch: 1.7e15, seq: 1e9, at: at('09:00') };
  function bytesOf(long: { id: string; name: string; tag: string; tags: number; seal: number }): number {
    const desk = createDesk({ id: long.id, source: `zendesk/${'x'.repeat(long.name.length > 50 ? 190 : 4)}` });
    for (let i = 0; i < 10; i++) desk.message(`0${i}:00`, 'customer', { message_id: `a${i}` });
    const names = { team: long.name, assignee: long.name, channel: long.name, customer_id: long.id };
    const tags = Array.from({ length: long.tags }, () => long.tag);
    const facts = { ...names, tags, merged_into: long.name.length > 50 ? long.id : undefined };
    for (let i = 0; i < 70; i++) desk.message('10:00', 'agent', { message_id: `b${i}` });
    desk.snapshot('11:00', facts, { sealed: 'A'.repeat(long.seal) });
    for (let i = 0; i < 70; i++) desk.message('12:00', 'agent', { message_id: `c${i}` });
    desk.snapshot('13:00', { ...names, status: 'solved', merged_into: facts.merged_into });
    const state = { ...desk.ticket(), floor };
    expect(ticketSchema.parse(state)).toEqual(state);
    return Buffer.byteLength(JSON.stringify(state));
  }

  it('stays below 4 KB for ordinary tickets', () => {
    expect(bytesOf({ id: '1234567', name: 'Billing Europe', tag: 'refund', tags: 5, seal: 400 })).toBeLessThan(4_096);
  });

  it('stays below 9 KB with ids of 512 characters, names of 200 and all the tags', () => {
    const worst = { id: 'i'.repeat(512), name: 'n'.repeat(200), tag: 't'.repeat(64), tags: 200, seal: 800 };
    expect(bytesOf(worst)).toBeLessThan(9_216);
  });

  it('stays far below the 64 KiB that TICKETS takes where every letter is one that JSON escapes', () => {
    const escaped = { id: '\u0001'.repeat(512), name: '\u0001'.repeat(200), tag: '\u0001'.repeat(64), tags: 200 };
    expect(bytesOf({ ...escaped, seal: 9_000 })).toBeLessThan(36_864);
  });
});

it('takes an id of 300 characters with dots, spaces, stars and emoji as it is', () => {
  const id = `${'a.b *>/~ 😀 '.repeat(24)}é票`.padEnd(300, '.');
  const desk = createDesk({ id, source: 'servicenow' });
  desk.snapshot('10:00', { merged_into: id });
  desk.deletion('11:00');
  expect(desk.ticket()).toMatchObject({ id: `servicenow~${id}`, merged_into: `servicenow~${id}`, version: 2 });
});
