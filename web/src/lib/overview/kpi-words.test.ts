import { teamSlug } from '@deskwire/contracts/team-slug';
import { describe, expect, it } from 'vitest';
import { scopeLabel, teamLabel } from './kpi-words';

describe('a team as people read it', () => {
  it.each([
    ['billing', 'Billing'],
    ['customer-care', 'Customer care'],
    ['', 'Without team'],
    ['group-70', 'Group 70'],
    ['team-0', 'Team 0'],
    ['team-lead', 'Team lead'],
    ['team-berlin', 'Team berlin'],
  ])('of the id %j is %j', (id, label) => {
    expect(teamLabel(id)).toBe(label);
  });
  it.each(['组', 'サポート', 'Поддержка', '!!!', 'ทีม'])('is its name where the id holds all of it: %s', (name) => {
    expect(teamLabel(teamSlug(name))).toBe(name);
    expect(scopeLabel(`team:${teamSlug(name)}`, undefined)).toBe(name);
  });
});
