import { ticketStatuses } from '@deskwire/contracts/event-ticket';
import { describe, expect, it } from 'vitest';
import { at, createDesk } from './testing/desk.ts';
import { transitions } from './transitions.ts';

describe('what a change of status counts', () => {
  const cases = ticketStatuses.flatMap((before) => ticketStatuses.map((after) => [before, after] as const));
  const settled = (status: string) => status === 'solved' || status === 'closed';
  it.each(cases)('%s -> %s', (before, after) => {
    const desk = createDesk();
    desk.snapshot('10:00', { status: before });
    desk.snapshot('11:00', { status: after });
    expect(desk.change()).toMatchObject({
      ...{ open_before: !settled(before), open_after: !settled(after) },
      ...{ solved: !settled(before) && settled(after), reopened: settled(before) && !settled(after) },
    });
    expect(transitions[before][after]).toBe(desk.change().solved ? 'solved' : desk.change().reopened ? 'reopened' : '');
    const spent = Object.entries(desk.ticket().clock.spent).filter(([, seconds]) => seconds > 0);
    const expected = { new_s: 3_600, [`${before}_s`]: before === 'new' ? 7_200 : 3_600 };
    expect(Object.fromEntries(spent.filter(([name]) => !name.endsWith('business_s')))).toEqual(
      settled(before) ? { new_s: 3_600 } : expected,
    );
  });

  it('settles the waits with each solve, from the creation on, and names the solve that a reopening undoes', () => {
    const desk = createDesk();
    for (const [clock, status] of [
      ['10:00', 'open'],
      ['12:00', 'pending'],
      ['15:00', 'hold'],
      ['16:00', 'solved'],
    ] as const)
      desk.snapshot(clock, { status });
    const seconds = (hours: number, business = hours) => ({ s: hours * 3_600, business_s: business * 3_600 });
    expect(desk.change().measures).toEqual({
      first_resolution: { ...seconds(7), at: at('16:00') },
      solve: {
        ...{ at: at('16:00'), resolution: seconds(7), requester_wait: seconds(4), agent_work: seconds(3) },
        ...{ agent_wait: seconds(3), on_hold: seconds(1), agent_replies: 0 },
      },
    });
    desk.snapshot('18:00', { status: 'open' });
    expect(desk.change()).toMatchObject({ reopened: true, measures: { reopened_solve_at: at('16:00') } });
    expect(desk.ticket().clock).toMatchObject({ solved_at: null, first_solved_at: at('16:00'), reopens: 1 });
    desk.snapshot('19:00', { status: 'closed' });
    expect(desk.change().measures).toMatchObject({
      solve: { resolution: seconds(10, 8), requester_wait: seconds(5, 4) },
    });
    expect(desk.change().measures.first_resolution).toBeUndefined();
    expect(desk.ticket().clock.solves).toBe(2);
  });
});
