import { expect, it } from 'vitest';
import { defaultBusinessHours } from '../business-time.ts';
import type { TicketEventBody } from '../ticket-event.ts';
import { at } from './desk.ts';
import { naiveKpis } from './naive-kpis.ts';
import { naiveTickets } from './naive-ticket.ts';

type Said = [ticket: string, clock: string, what: string, said?: object];

/** Two tickets of one Monday, worked out by hand. */
const monday: Said[] = [
  ['1', '09:00', 'new', { team: 'A', channel: 'email' }],
  ['2', '10:00', 'open', { team: 'B', assignee: 'ann' }],
  ['1', '09:30', 'agent'],
  ['1', '10:00', 'customer'],
  ['1', '10:40', 'agent'],
  ['1', '11:00', 'solved', { team: 'A' }],
  ['2', '11:00', 'agent'],
  ['2', '12:00', 'solved', { team: 'B', assignee: 'ann' }],
  ['2', '13:00', 'pending', { team: 'B', assignee: 'ann' }],
  ['2', '14:00', 'solved', { team: 'A', assignee: 'ann' }],
  ['1', '15:00', 'rating 5'],
  ['1', '18:00', 'open', { team: 'A' }],
  ['2', '18:30', 'rating 3'],
];

const events = monday.map(([ticket_id, clock, what, said], i) => ({
  position: { epoch: 1, seq: i + 1, idx: 0 },
  ...{ id: `${i}`, source: 'zendesk/acme', time: at(clock), body: bodyOf(ticket_id, clock, what, said) },
}));

function bodyOf(ticket_id: string, clock: string, what: string, said = {}): TicketEventBody {
  const created_at = at(clock);
  if (what === 'agent' || what === 'customer')
    return { type: 'ticket.message', data: { ticket_id, message_id: clock, author: what, public: true, created_at } };
  if (what.startsWith('rating'))
    return { type: 'ticket.rating', data: { ticket_id, score: Number(what.slice(-1)), rated_at: created_at } };
  const status = what === 'solved' ? 'solved' : what === 'pending' ? 'pending' : what === 'new' ? 'new' : 'open';
  const times = { created_at: ticket_id === '1' ? at('09:00') : at('10:00'), updated_at: created_at };
  return { type: 'ticket.snapshot', data: { ticket_id, ...times, status, ...said }, sealed: null };
}

const tickets = naiveTickets(events, defaultBusinessHours('UTC'));
const ask = (from: string, to: string, where = {}) =>
  naiveKpis(tickets, { from: Date.parse(at(from)), to: Date.parse(at(to)), where });
const same = (seconds: number) => ({ p50: seconds, p90: seconds, mean: seconds });

it('gives the figures of a day that were worked out by hand', () => {
  const day = ask('00:00', '20:00');
  expect(day).toMatchObject({
    ...{ created: { value: 2 }, solved: { value: 3 }, reopened: { value: 2 }, backlog: { value: 1 } },
    ...{ unassigned: { value: 1 }, reopen_rate: { n: 2, value: 1 }, csat: { n: 2, value: 0.5 } },
    first_reply_time: { n: 2, calendar: { p50: 1_800, p90: 3_600, mean: 2_700 } },
    next_reply_time: { n: 1, calendar: same(2_400), business: same(2_400) },
    first_resolution_time: { n: 2, calendar: same(7_200) },
    full_resolution_time: { n: 1, calendar: same(14_400), business: same(14_400) },
    requester_wait_time: { n: 1, calendar: same(7_200) },
    one_touch_rate: { n: 1, value: 1 },
  });
});

it('takes ranges from their start to before their end', () => {
  expect(ask('00:00', '17:00')).toMatchObject({
    ...{ solved: { value: 3 }, reopened: { value: 1 }, backlog: { n: 0, value: null }, reopen_rate: { value: 1 } },
    ...{ full_resolution_time: { n: 2, calendar: { p50: 7_200, p90: 14_400 } }, one_touch_rate: { n: 2, value: 0.5 } },
    requester_wait_time: { n: 2, calendar: same(7_200) },
  });
  expect(ask('11:00', '12:00').solved.n).toBe(1);
  expect(ask('11:01', '12:00').solved.n).toBe(0);
  expect(ask('00:00', '11:00').backlog.n).toBe(2);
  expect(ask('00:00', '11:01').backlog.n).toBe(1);
});

it('counts under the dimensions in force at the event', () => {
  expect(ask('00:00', '20:00', { team: 'b' })).toMatchObject({
    created: { n: 1 },
    solved: { n: 1 },
    reopened: { n: 1 },
  });
  expect(ask('00:00', '20:00', { team: 'a' })).toMatchObject({ solved: { n: 2 }, csat: { n: 2 }, backlog: { n: 1 } });
  expect(ask('00:00', '20:00', { channel: '' })).toMatchObject({ created: { n: 1 }, solved: { n: 2 } });
  expect(ask('00:00', '20:00', { assignee: 'ann', source: 'zendesk/acme' }).solved.n).toBe(2);
});
