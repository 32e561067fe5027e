import { describe, expect, it } from 'vitest';
import { at, createDesk } from './testing/desk.ts';

function knownDesk() {
  const desk = createDesk();
  desk.snapshot('09:00', { status: 'new' });
  return desk;
}
const seconds = (s: number, business_s = s) => ({ s, business_s });

describe('messages that come in another order than they were written', () => {
  it('lets the first reply that was told stand when an older one comes, and marks both', () => {
    const desk = knownDesk();
    desk.message('10:00', 'agent');
    expect(desk.message('09:30', 'agent')).toMatchObject({
      outcome: 'late',
      ticket: { change: { late_at: at('09:30'), late_until: at('10:00'), measures: {} } },
    });
    expect(desk.ticket().clock).toMatchObject({ first_reply_at: at('09:30'), last_reply_at: at('10:00') });
    // The first reply was that of 09:30: this message waited for the next one, of which nothing was told.
    expect(desk.message('09:40', 'customer')).toMatchObject({
      outcome: 'applied',
      ticket: { change: { late_at: null, measures: { next_reply: { ...seconds(1_200), at: at('10:00') } } } },
    });
    expect(desk.ticket().clock).toMatchObject({ unanswered_since: null, agent_replies: 2 });
  });

  it('measures a wait whose first message comes after the reply that ends it', () => {
    const desk = knownDesk();
    desk.message('09:10', 'agent');
    desk.message('10:30', 'agent');
    expect(desk.message('10:00', 'customer')).toMatchObject({ outcome: 'applied' });
    expect(desk.change()).toMatchObject({ late_at: null });
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(1_800), at: at('10:30') } });
    // It was told from 10:00 on, and ended at 10:30.
    expect(desk.message('09:50', 'customer')).toMatchObject({ outcome: 'late' });
    expect(desk.change()).toMatchObject({ late_at: at('09:50'), late_until: at('10:30'), measures: {} });
    expect(desk.message('10:10', 'customer')).toMatchObject({ outcome: 'applied' });
    expect(desk.change()).toMatchObject({ late_at: null, measures: {} });
  });

  it('keeps the wait that goes on behind a reply which comes after it', () => {
    const desk = knownDesk();
    for (const [clock, author] of [
      ['09:10', 'agent'],
      ['10:00', 'customer'],
      ['12:00', 'customer'],
      ['11:00', 'agent'],
    ] as const)
      desk.message(clock, author);
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(3_600), at: at('11:00') } });
    expect(desk.ticket().clock.unanswered_since).toBe(at('12:00'));
    desk.message('12:30', 'agent');
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(1_800), at: at('12:30') } });
  });

  it('marks a wait that was told to a later reply than the one that ended it', () => {
    const desk = knownDesk();
    for (const [clock, author] of [
      ['09:10', 'agent'],
      ['10:00', 'customer'],
      ['12:00', 'agent'],
      ['11:00', 'agent'],
    ] as const)
      desk.message(clock, author);
    expect(desk.change()).toMatchObject({ late_at: at('11:00'), late_until: at('12:00'), measures: {} });
  });

  it('marks what is older than everything that it remembers, and what may lack a message', () => {
    const desk = knownDesk();
    for (let minute = 10; minute < 30; minute++) desk.message(`10:${minute}`, minute % 2 === 0 ? 'customer' : 'agent');
    expect(desk.ticket().clock.heard).toMatch(/^f.{8}([cr].{8}){8}$/);
    expect(desk.message('10:00', 'customer')).toMatchObject({ outcome: 'late' });
    expect(desk.change()).toMatchObject({ late_at: at('10:00'), late_until: at('10:29'), measures: {} });
    for (let minute = 30; minute < 45; minute++) desk.message(`10:${minute}`, 'customer');
    // Between messages of which the desk knows only the first and the last eight.
    desk.message('10:32', 'agent');
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(120), at: at('10:32') } });
    desk.message('10:50', 'agent');
    expect(desk.change()).toMatchObject({ late_at: at('10:50'), measures: { next_reply: { at: at('10:50') } } });
  });
});

describe('replies of before and after a solve', () => {
  it.each([
    ['before', ['reply', 'solve'], 0],
    ['after', ['solve', 'reply'], 0],
  ] as const)('a later reply is no part of it, whether it comes %s the solve', (_, order, replies) => {
    const desk = knownDesk();
    for (const each of order) {
      if (each === 'reply') desk.message('11:30', 'agent');
      else expect(desk.snapshot('11:00', { status: 'solved' })).toMatchObject({ outcome: 'applied' });
      const { solve } = desk.change().measures;
      if (solve !== undefined) expect(solve.agent_replies).toBe(replies);
    }
    expect(desk.ticket().clock.replies_since_solve).toBe(1);
    // One of before it is, however late it comes.
    desk.message('10:00', 'agent');
    expect(desk.change().measures.solve?.agent_replies).toBe(1);
  });

  it('marks a solve that was undone when a reply of before it comes after the reopening', () => {
    const desk = knownDesk();
    desk.snapshot('11:00', { status: 'solved' });
    desk.snapshot('12:00');
    expect(desk.message('10:30', 'agent')).toMatchObject({ outcome: 'late' });
    expect(desk.change()).toMatchObject({
      ...{ late_at: at('10:30'), late_until: at('11:00') },
      measures: { first_reply: { at: at('10:30') } },
    });
    expect(desk.message('11:30', 'agent')).toMatchObject({ outcome: 'applied' });
    desk.snapshot('13:00', { status: 'solved' });
    expect(desk.change().measures.solve?.agent_replies).toBe(2);
    // Of the second solve it is corrected, of the first one it is not.
    desk.message('10:40', 'agent');
    expect(desk.change()).toMatchObject({ late_until: at('11:00'), measures: { solve: { agent_replies: 3 } } });
  });

  it('marks a reply that was measured from before a solve which comes later', () => {
    const desk = knownDesk();
    desk.message('09:10', 'agent');
    desk.message('10:00', 'customer');
    desk.message('11:30', 'agent');
    desk.snapshot('11:00', { status: 'solved' });
    expect(desk.change()).toMatchObject({ solved: true, late_at: at('11:00'), late_until: at('11:30') });
  });

  it('begins no wait with a message of before a solve that was undone', () => {
    const desk = knownDesk();
    desk.message('09:10', 'agent');
    desk.snapshot('11:00', { status: 'solved' });
    desk.snapshot('12:00');
    desk.message('10:00', 'customer');
    expect(desk.ticket().clock.unanswered_since).toBeNull();
    // Nor is a reply of before it without a wait: it is measured, however late both come.
    desk.message('10:30', 'agent');
    expect(desk.change().measures).toEqual({ next_reply: { ...seconds(1_800), at: at('10:30') } });
  });
});

describe('what counts under dimensions', () => {
  it('marks a reply that counts under those of after it, or that counted under those of before', () => {
    const desk = knownDesk();
    desk.snapshot('11:00', { team: 'Billing' });
    desk.message('10:00', 'agent');
    expect(desk.change()).toMatchObject({ late_at: at('10:00'), measures: { first_reply: { at: at('10:00') } } });
    desk.rating('12:30', 5);
    desk.snapshot('12:00', { team: 'Sales' });
    expect(desk.change()).toMatchObject({ late_at: at('12:00'), late_until: at('12:30') });
    desk.rating('11:30', 4);
    expect(desk.change()).toMatchObject({ late_at: at('11:30') });
  });

  it('marks what comes late to a ticket of which no times are remembered: it is older than that', () => {
    const desk = knownDesk();
    desk.message('10:00', 'agent');
    desk.message('11:00', 'customer');
    desk.message('11:30', 'agent');
    desk.forgetTimes();
    expect(desk.message('10:50', 'customer')).toMatchObject({ outcome: 'late' });
    desk.forgetTimes();
    expect(desk.message('10:55', 'agent')).toMatchObject({ outcome: 'late' });
  });
});
