import { expect, it } from 'vitest';
import { ownPlace, signInFor } from './own-place';

it('takes pages of this app with their query', () => {
  expect(ownPlace('/?scope=team%3Abilling&range=7d')).toBe('/?scope=team%3Abilling&range=7d');
  expect(ownPlace('/flow/rejected')).toBe('/flow/rejected');
});

it('leads nobody elsewhere', () => {
  const elsewhere = [
    '//evil.example/',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '',
    null,
  ];
  expect(elsewhere.map(ownPlace)).toEqual(elsewhere.map(() => undefined));
});

it('leads to what was asked for, once signed in', () => {
  const asked = new URL('http://desk.example/?range=7d&receipt=csat');
  const to = new URL(signInFor(asked), asked).searchParams.get('to');
  expect(ownPlace(to)).toBe('/?range=7d&receipt=csat');
  expect(signInFor(new URL('http://desk.example/'))).toBe('/sign-in');
});
