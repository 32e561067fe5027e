import { describe, expect, it } from 'vitest';
import { at, createDesk } from './testing/desk.ts';

function knownDesk() {
  const desk = createDesk();
  desk.snapshot('09:00', { status: 'new' });
  return desk;
}
const seconds = (s: number, business_s = s) => ({ s, business_s });

describe('replies', () => {
  it('measures the first reply from the creation, in calendar and business time', () => {
    const desk = createDesk();
    desk.snapshot('08:00', { created_at: at('08:00') });
    desk.message('10:00', 'agent');
    expect(desk.change()).toMatchObject({
      kind: 'message',
      at: at('10:00'),
      created: false,
      open_before: true,
      open_after: true,
    });
    expect(desk.change().before).toEqual(desk.change().after);
    expect(desk.change().measures).toEqual({ first_reply: { ...seconds(7_200, 3_600), at: at('10:00') } });
    expect(desk.ticket().clock.changed_at).toBe(at('08:00'));
  });

  it('takes an agent’s message that is not after the creation as the one that opened the ticket', () => {
    const desk = knownDesk();
    desk.message('09:00', 'agent');
    expect(desk.change().measures).toEqual({});
    expect(desk.ticket().clock).toMatchObject({ first_reply_at: null, agent_replies: 0 });
    desk.message('09:10', 'agent');
    expect(desk.change().measures).toMatchObject({ first_reply: seconds(600) });
  });

  it.each([
    ['an internal note', 'agent', false],
    ['a system message', 'system', true],
    ['a private message of a customer', 'customer', false],
  ] as const)('%s measures nothing', (_, author, isPublic) => {
    const desk = knownDesk();
    const { clock } = desk.ticket();
    expect(desk.message('10:00', author, { public: isPublic }).outcome).toBe('applied');
    expect(desk.change().measures).toEqual({});
    expect(desk.ticket()).toMatchObject({ version: 2, clock });
  });

  it('measures the next reply from the oldest unanswered message, once for several in a row', () => {
    const desk = knownDesk();
    desk.message('09:05', 'customer');
    desk.message('09:10', 'agent');
    desk.message('10:10', 'customer');
    desk.message('10:00', 'customer');
    desk.message('10:30', 'agent');
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(1_800), at: at('10:30') } });
    desk.message('10:40', 'agent');
    expect(desk.change().measures).toEqual({});
    expect(desk.ticket().clock).toMatchObject({ agent_replies: 3, last_reply_at: at('10:40'), unanswered_since: null });
  });

  it('leaves a customer’s message open that is newer than the reply', () => {
    const desk = knownDesk();
    desk.message('09:10', 'agent');
    desk.message('10:00', 'customer');
    expect(desk.message('09:50', 'agent')).toMatchObject({ outcome: 'applied', ticket: { change: { measures: {} } } });
    expect(desk.ticket().clock.unanswered_since).toBe(at('10:00'));
  });

  it('ends a wait with the solve, unmeasured; what comes after the solve waits again', () => {
    const desk = knownDesk();
    desk.message('09:10', 'agent');
    desk.message('09:20', 'customer');
    desk.snapshot('10:00', { status: 'solved' });
    expect(desk.change().measures.next_reply).toBeUndefined();
    expect(desk.ticket().clock.unanswered_since).toBeNull();
    desk.message('09:50', 'customer');
    expect(desk.ticket().clock.unanswered_since).toBeNull();
    desk.message('11:00', 'customer');
    desk.message('11:30', 'agent');
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(1_800), at: at('11:30') } });
  });

  it('keeps a wait that began after the solve', () => {
    const desk = knownDesk();
    desk.message('11:00', 'customer');
    desk.snapshot('10:00', { status: 'solved' });
    expect(desk.ticket().clock.unanswered_since).toBe(at('11:00'));
  });

  it('gives the solve again when a reply of before it comes after it, without the replies since', () => {
    const desk = knownDesk();
    desk.snapshot('12:00', { status: 'solved' });
    const first = desk.change().measures.solve;
    desk.message('13:00', 'agent');
    expect(desk.change().measures.solve).toBeUndefined();
    desk.message('11:00', 'agent');
    expect(desk.change().measures.solve).toEqual({ ...first, agent_replies: 1 });
    expect(desk.change().solved).toBe(false);
    desk.snapshot('14:00', { status: 'open' });
    desk.snapshot('15:00', { status: 'solved' });
    expect(desk.change().measures.solve?.agent_replies).toBe(2);
  });
});

describe('what comes before its ticket', () => {
  it('waits and is measured in the order in which it happened, with the change that makes the ticket known', () => {
    const desk = createDesk();
    desk.message('10:00', 'agent');
    expect(desk.ticket()).toMatchObject({ known: false, version: 1, status: 'new' });
    expect(desk.change()).toMatchObject({
      kind: 'message',
      before: null,
      after: null,
      open_before: false,
      open_after: false,
      measures: {},
    });
    desk.rating('12:00', 5);
    desk.message('10:50', 'agent');
    desk.message('10:20', 'customer');
    desk.message('10:30', 'system');
    desk.rating('11:30', 2);
    desk.snapshot('11:00', { status: 'solved' });
    expect(desk.change()).toMatchObject({
      ...{ created: true, solved: true, late_at: null },
      measures: {
        first_reply: { ...seconds(3_600), at: at('10:00') },
        next_reply: { ...seconds(1_800), at: at('10:50') },
        first_resolution: { ...seconds(7_200), at: at('11:00') },
        solve: { agent_replies: 2 },
        ratings: [
          { at: at('11:30'), score: 2 },
          { at: at('12:00'), score: 5 },
        ],
      },
    });
    expect(desk.ticket()).toMatchObject({ waiting: [], version: 7 });
  });

  it('leaves a reply after the solve out of it', () => {
    const desk = createDesk();
    desk.message('11:00', 'agent');
    desk.snapshot('10:00', { status: 'solved' });
    expect(desk.change().measures).toMatchObject({ first_reply: { at: at('11:00') }, solve: { agent_replies: 0 } });
  });

  it('takes a reply of the very instant of the solve as part of it', () => {
    const desk = createDesk();
    desk.message('10:00', 'agent');
    desk.snapshot('10:00', { status: 'solved' });
    expect(desk.change().measures).toMatchObject({ first_reply: { at: at('10:00') }, solve: { agent_replies: 1 } });
  });

  it('holds eight; a ninth is late', () => {
    const desk = createDesk();
    for (let i = 0; i < 8; i++) expect(desk.rating(`1${i}:00`, 3).outcome).toBe('applied');
    expect(desk.rating('18:00', 1)).toMatchObject({ outcome: 'late', ticket: { change: { late_at: at('18:00') } } });
    desk.snapshot('19:00');
    expect(desk.change().measures.ratings).toHaveLength(8);
  });

  it('tells one next reply and counts a second as late', () => {
    const desk = createDesk();
    desk.message('09:10', 'agent');
    desk.message('09:20', 'customer');
    desk.message('09:30', 'agent');
    desk.message('09:40', 'customer');
    desk.message('09:50', 'agent');
    desk.snapshot('10:00');
    expect(desk.change()).toMatchObject({ late_at: at('09:50'), measures: { next_reply: { at: at('09:30') } } });
  });
});

it('counts each rating of a ticket, whatever its state', () => {
  const desk = knownDesk();
  desk.rating('10:00', 5);
  expect(desk.change()).toMatchObject({
    kind: 'rating',
    at: at('10:00'),
    measures: { ratings: [{ at: at('10:00'), score: 5 }] },
  });
  desk.deletion('11:00');
  desk.rating('10:00', 1);
  expect(desk.change().measures.ratings).toEqual([{ at: at('10:00'), score: 1 }]);
});
