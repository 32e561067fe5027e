import { describe, expect, it } from 'vitest';
import { at, createDesk } from './testing/desk.ts';

describe('the order of snapshots', () => {
  it('takes the first as created, with the time since then spent as new', () => {
    const desk = createDesk();
    expect(desk.snapshot('09:30', { team: 'Group 70', priority: 'high', assignee: 'ann' })).toMatchObject({
      outcome: 'applied',
      ticket: {
        ...{
          id: 'zendesk~7',
          version: 1,
          known: true,
          source: 'zendesk/acme',
          team: 'group-70',
          team_name: 'Group 70',
        },
        clock: { changed_at: at('09:30'), spent: { new_s: 1_800, new_business_s: 1_800, open_s: 0 } },
        change: {
          ...{ kind: 'snapshot', at: at('09:30'), cause: { epoch: 1, seq: 1, idx: 0 }, created: true, before: null },
          after: { status: 'open', priority: 'high', team: 'group-70', assignee: 'ann' },
          ...{ open_before: true, open_after: true, solved: false, late_at: null, measures: {} },
        },
      },
    });
  });

  it('counts a ticket first seen solved as created and solved, and closed later as nothing', () => {
    const desk = createDesk();
    desk.snapshot('10:00', { status: 'solved' });
    const resolution = { s: 3_600, business_s: 3_600 };
    expect(desk.change()).toMatchObject({
      ...{ created: true, solved: true, open_before: true, open_after: false },
      measures: { first_resolution: { ...resolution, at: at('10:00') }, solve: { resolution, agent_replies: 0 } },
    });
    desk.snapshot('11:00', { status: 'closed' });
    expect(desk.change()).toMatchObject({ created: false, solved: false, reopened: false, measures: {} });
    expect(desk.ticket().clock).toMatchObject({ solved_at: at('10:00'), solves: 1 });
  });

  it('accepts a snapshot older than what is known as late, and says which figures it would have moved', () => {
    const desk = createDesk();
    desk.snapshot('10:00', { status: 'open', team: 'Billing' });
    const before = desk.ticket();
    expect(desk.snapshot('09:30', { status: 'pending' }).outcome).toBe('late');
    // Its creation was counted under the team of the later one.
    expect(desk.change()).toMatchObject({ late_at: at('09:00'), late_until: at('10:00'), before: before.change.after });
    expect(desk.change().at).toBe(at('10:00'));
    const { spent, changed_at } = before.clock;
    expect(desk.ticket()).toMatchObject({ version: 2, status: 'open', team: 'billing', clock: { spent, changed_at } });
  });

  it('marks no figure for a late snapshot that says what was known of its time', () => {
    const desk = createDesk();
    desk.snapshot('10:00', { status: 'open', team: 'Billing' });
    expect(desk.snapshot('09:40', { status: 'open', team: 'Billing' }).outcome).toBe('late');
    expect(desk.change().late_at).toBeNull();
    desk.snapshot('11:00', { status: 'pending', team: 'Billing' });
    desk.snapshot('12:00', { status: 'open', team: 'Billing' });
    // It was pending then, for all that is known.
    desk.snapshot('11:30', { status: 'open', team: 'Billing' });
    expect(desk.change()).toMatchObject({ late_at: at('11:30'), late_until: at('12:00') });
    // How long it was waited for is not known any more.
    desk.snapshot('13:00', { status: 'solved', team: 'Billing' });
    expect(desk.change()).toMatchObject({ solved: true, late_at: at('13:00') });
  });

  it('marks a late snapshot that was solved before the solve that is known', () => {
    const desk = createDesk();
    desk.snapshot('12:00', { status: 'solved' });
    desk.snapshot('11:00', { status: 'solved' });
    expect(desk.change()).toMatchObject({ solved: false, late_at: at('11:00') });
  });

  it.each([
    [
      'equal times: the later in the stream',
      [
        ['10:00', undefined],
        ['10:00', undefined],
      ],
      'applied',
    ],
    [
      'equal times, a higher source_version',
      [
        ['10:00', 1],
        ['10:00', 2],
      ],
      'applied',
    ],
    [
      'equal times, source_version going backwards',
      [
        ['10:00', 2],
        ['10:00', 1],
      ],
      'late',
    ],
    [
      'equal times, none after some source_version',
      [
        ['10:00', 0],
        ['10:00', undefined],
      ],
      'late',
    ],
    [
      'a later time, source_version going backwards',
      [
        ['10:00', 9],
        ['10:01', 1],
      ],
      'applied',
    ],
  ] as const)('orders by updated_at, source_version, stream: %s', (_, snapshots, outcome) => {
    const desk = createDesk();
    const outcomes = snapshots.map(([clock, source_version], i) =>
      desk.snapshot(clock, { source_version, status: i === 0 ? 'new' : 'pending' }),
    );
    expect(outcomes.at(-1)?.outcome).toBe(outcome);
    expect(desk.ticket().status).toBe(outcome === 'late' ? 'new' : 'pending');
  });

  it('keeps the order of two snapshots within one millisecond', () => {
    const desk = createDesk();
    desk.snapshot('', { updated_at: '2026-11-23T10:00:00.123456Z', status: 'pending' });
    expect(desk.snapshot('', { updated_at: '2026-11-23T10:00:00.1234Z' }).outcome).toBe('late');
    expect(desk.snapshot('', { updated_at: '2026-11-23T10:00:00.12345600Z' }).outcome).toBe('applied');
    expect(desk.ticket().updated_at).toBe('2026-11-23T10:00:00.123456Z');
  });

  it('has no negative time when created_at lies after updated_at', () => {
    const desk = createDesk();
    desk.snapshot('08:00', { status: 'solved', created_at: at('12:00') });
    expect(desk.change()).toMatchObject({ at: at('12:00'), solved: true, measures: { first_resolution: { s: 0 } } });
    desk.snapshot('09:00', { created_at: at('12:00') });
    expect(desk.change()).toMatchObject({ at: at('12:00'), reopened: true });
    expect(desk.ticket().updated_at).toBe(at('09:00'));
  });

  it('leaves unset what the newest snapshot does not name, but keeps the facts', () => {
    const desk = createDesk();
    const facts = { channel: 'email', customer_id: 'c 1', tags: ['vip'] };
    desk.snapshot('09:10', { priority: 'high', team: 'Billing', assignee: 'ann', ...facts }, { sealed: 'AAAA' });
    desk.snapshot('09:20', { tags: [] });
    expect(desk.ticket()).toMatchObject({
      ...{ priority: null, team: null, team_name: null, assignee: null },
      ...{ channel: 'email', customer_id: 'zendesk~c 1', tags: [], sealed: 'AAAA' },
    });
    const from = { updated_at: at('09:10'), source_version: null };
    expect(desk.ticket().facts_from).toEqual({ channel: from, customer_id: from, sealed: from });
  });

  it('fills from a late snapshot what was never known or is known from a still older one only', () => {
    const desk = createDesk();
    desk.snapshot('09:10', { channel: 'web' });
    desk.snapshot('09:40', { tags: ['new'] });
    desk.snapshot('09:20', { channel: 'email', tags: ['old'], customer_id: 'c1' });
    expect(desk.ticket()).toMatchObject({ channel: 'email', tags: ['new'], customer_id: 'zendesk~c1' });
    desk.snapshot('09:15', { channel: 'phone', customer_id: 'c0' });
    expect(desk.ticket()).toMatchObject({ channel: 'email', customer_id: 'zendesk~c1' });
  });

  it('was created when its newest snapshot says so, and says when that is not what was counted', () => {
    const desk = createDesk();
    desk.snapshot('09:20', { created_at: at('09:00') });
    expect(desk.change()).toMatchObject({ created: true, late_at: null });
    desk.snapshot('09:30', { created_at: at('08:30') });
    expect(desk.ticket().created_at).toBe(at('08:30'));
    expect(desk.change()).toMatchObject({ created: false, late_at: at('08:30'), late_until: at('09:30') });
    desk.snapshot('09:10', { created_at: at('08:00') });
    expect(desk.ticket().created_at).toBe(at('08:30'));
    desk.snapshot('09:40', { created_at: at('08:50') });
    expect(desk.change()).toMatchObject({ late_at: at('08:30'), late_until: at('09:40') });
  });

  it('says so also of a ticket that is gone, and of replies from then on: which of them opened it is another question now', () => {
    const desk = createDesk();
    desk.snapshot('09:20');
    desk.message('08:45', 'agent');
    expect(desk.change().measures).toEqual({});
    desk.deletion('12:00');
    desk.snapshot('09:30', { created_at: at('08:30'), status: 'solved' });
    expect(desk.change()).toMatchObject({ late_at: at('08:30'), late_until: at('12:00') });
    desk.message('13:00', 'agent');
    expect(desk.change()).toMatchObject({ late_at: at('13:00'), measures: { first_reply: { at: at('13:00') } } });
  });

  it('follows a team that is renamed: another slug is another team, another spelling is not', () => {
    const desk = createDesk();
    desk.snapshot('09:10', { team: 'Group 70' });
    desk.snapshot('09:20', { team: 'group  70!' });
    expect(desk.change().before).toEqual(desk.change().after);
    expect(desk.ticket()).toMatchObject({ team: 'group-70', team_name: 'group  70!' });
    desk.snapshot('09:30', { team: 'Billing' });
    expect(desk.change()).toMatchObject({ before: { team: 'group-70' }, after: { team: 'billing' } });
  });

  it('keeps at most 32 tags of 64 characters and 1 KB together, and cuts no character in half', () => {
    const desk = createDesk();
    desk.snapshot('09:10', { tags: Array.from({ length: 40 }, (_, i) => `tag ${i}`) });
    expect(desk.ticket().tags).toEqual(Array.from({ length: 32 }, (_, i) => `tag ${i}`));
    desk.snapshot('09:20', { tags: Array.from({ length: 40 }, () => `${'a'.repeat(63)}😀`) });
    expect(desk.ticket().tags).toEqual(Array.from({ length: 16 }, () => 'a'.repeat(63)));
  });
});
