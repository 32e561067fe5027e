import fc from 'fast-check';
import { expect, it } from 'vitest';
import { teamSlug } from './team-slug.ts';

it('is words of small letters and digits, whatever a source writes', () => {
  expect(teamSlug('Kundendienst Süd & West')).toBe('kundendienst-sud-west');
  expect(teamSlug('  Group_70 ')).toBe('group-70');
  expect(teamSlug('Team 7')).toBe('team-7');
  expect(teamSlug('営業')).toMatch(/^team-[\w-]+$/);
});

it('leaves an id as it is: people write either', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => teamSlug(teamSlug(name)) === teamSlug(name)),
  );
});
