import { expect, it } from 'vitest';
import { scopesOf } from './scopes';

it('offers all teams together to those alone who may see them', () => {
  expect(scopesOf(['billing', 'field-sales'], true, 'team:billing')).toEqual([
    { scope: 'all', word: 'All teams' },
    { scope: 'team:billing', word: 'Billing' },
    { scope: 'team:field-sales', word: 'Field sales' },
  ]);
  expect(scopesOf(['billing'], false).map(({ scope }) => scope)).toEqual(['team:billing']);
});

it('names what is shown, also while teams cannot be read or there is no such team', () => {
  expect(scopesOf([], true, 'team:billing')).toEqual([
    { scope: 'all', word: 'All teams' },
    { scope: 'team:billing', word: 'Billing' },
  ]);
  expect(scopesOf([], false, 'team:billing').map(({ word }) => word)).toEqual(['Billing']);
});
