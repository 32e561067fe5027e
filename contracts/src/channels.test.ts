import { describe, expect, it } from 'vitest';
import { channels, kpiScopeOf, mayListen, parseChannel } from './channels.ts';
import type { Role } from './roles.ts';
import { teamSlug } from './team-slug.ts';

const mayHear = (role: Role, teams: string[], name: string) => {
  const channel = parseChannel(name);
  return channel !== undefined && mayListen({ user_id: 'u', role, teams }, channel);
};

describe('channels', () => {
  it.each(['all', `team:${teamSlug('Group 70')}`, `team:${teamSlug('営業')}`] as const)(
    'have a name for %s',
    (scope) => {
      const channel = parseChannel(channels.kpi(scope));
      expect(channel?.kind === 'kpi' ? kpiScopeOf(channel) : undefined).toBe(scope);
    },
  );

  it.each([
    'kpi',
    'kpi:',
    'kpi:team:',
    'kpi:team:Group 70',
    'kpi:team:\u0001',
    `kpi:team:${'a'.repeat(701)}`,
    'flow:x',
    '',
  ])('there is none called %j', (name) => expect(parseChannel(name)).toBeUndefined());

  it('of figures are for whom the API answers', () => {
    expect(mayHear('lead', [], 'kpi:all')).toBe(true);
    expect(mayHear('lead', [], 'kpi:team:sales')).toBe(true);
    expect(mayHear('lead', ['billing'], 'kpi:team:billing')).toBe(true);
    expect(mayHear('analyst', ['billing'], 'kpi:team:sales')).toBe(true);
    expect(mayHear('lead', ['billing'], 'kpi:all')).toBe(false);
    expect(mayHear('lead', ['billing'], 'kpi:team:sales')).toBe(false);
    expect(mayHear('agent', ['billing'], 'kpi:team:billing')).toBe(false);
    expect(mayHear('agent', [], 'kpi:all')).toBe(false);
  });
});
