import { describe, expect, it } from 'vitest';
import { at, createDesk } from './testing/desk.ts';

describe('deletion and merging', () => {
  it('leaves the backlog without a solve, and an update brings the ticket back', () => {
    const desk = createDesk();
    desk.snapshot('10:00');
    desk.deletion('11:00');
    expect(desk.change()).toMatchObject({
      kind: 'deletion',
      at: at('11:00'),
      open_before: true,
      open_after: false,
      solved: false,
    });
    desk.snapshot('11:00', { status: 'solved' });
    expect(desk.change()).toMatchObject({ solved: false, open_before: false, open_after: false });
    expect(desk.ticket().deleted_at).toBe(at('11:00'));
    desk.snapshot('12:00');
    expect(desk.change()).toMatchObject({ open_before: false, open_after: true, reopened: false });
    expect(desk.ticket().deleted_at).toBeNull();
    expect(desk.ticket().clock.spent.open_s).toBe(3_600);
    expect(desk.deletion('11:00')).toMatchObject({
      outcome: 'late',
      ticket: { deleted_at: null, change: { late_at: at('11:00') } },
    });
  });

  it('counts nothing when a solved ticket is deleted, and keeps the newest of two deletions', () => {
    const desk = createDesk();
    desk.snapshot('10:00', { status: 'solved' });
    desk.deletion('12:00');
    desk.deletion('11:00');
    expect(desk.change()).toMatchObject({ solved: false, reopened: false, open_before: false, open_after: false });
    expect(desk.ticket()).toMatchObject({
      deleted_at: at('12:00'),
      clock: { solved_at: at('10:00'), changed_at: at('12:00') },
    });
  });

  it('marks a deletion that comes after a later one, and a snapshot between the two', () => {
    const desk = createDesk();
    desk.snapshot('10:00');
    desk.deletion('13:00');
    desk.deletion('11:00');
    expect(desk.change()).toMatchObject({ late_at: at('11:00'), late_until: at('13:00') });
    const back = createDesk();
    back.snapshot('10:00');
    back.deletion('11:00');
    back.deletion('13:00');
    back.snapshot('12:00');
    expect(back.change()).toMatchObject({ open_after: false, late_at: at('12:00'), late_until: at('13:00') });
  });

  it('remembers the deletion of a ticket that it does not know', () => {
    const desk = createDesk();
    desk.deletion('12:00');
    expect(desk.ticket()).toMatchObject({ known: false, deleted_at: at('12:00') });
    expect(desk.change()).toMatchObject({
      at: at('12:00'),
      before: null,
      after: null,
      created: false,
      open_after: false,
    });
    desk.snapshot('10:00', { status: 'solved' });
    expect(desk.change()).toMatchObject({
      ...{ at: at('12:00'), created: true, open_before: true, open_after: false, solved: false, late_at: at('10:00') },
    });
    desk.snapshot('13:00');
    expect(desk.change()).toMatchObject({ at: at('13:00'), open_after: true, late_at: null });
  });

  it('marks what a snapshot would have changed before a deletion that was known first', () => {
    const desk = createDesk();
    desk.snapshot('10:00');
    desk.deletion('12:00');
    expect(desk.snapshot('11:00', { status: 'solved' })).toMatchObject({
      outcome: 'applied',
      ticket: { status: 'solved' },
    });
    expect(desk.change()).toMatchObject({ at: at('12:00'), solved: false, late_at: at('11:00') });
  });

  it('leaves the backlog when it is merged, also when first seen so', () => {
    const desk = createDesk();
    desk.snapshot('10:00');
    desk.snapshot('11:00', { status: 'closed', merged_into: 'x.1' });
    expect(desk.change()).toMatchObject({ open_before: true, open_after: false, solved: false });
    expect(desk.ticket().merged_into).toBe('zendesk~x.1');
    const seen = createDesk();
    seen.snapshot('11:00', { status: 'closed', merged_into: 'x.1' });
    expect(seen.change()).toMatchObject({ created: true, open_before: true, open_after: false, solved: false });
  });
});
