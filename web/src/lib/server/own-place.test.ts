import { expect, it } from 'vitest';
import { ownPlace, signInFor } from './own-place';

it('takes pages of this app with their query', () => {
  expect(ownPlace('/?scope=team%3Abilling&range=7d')).toBe('/?scope=team%3Abilling&range=7d');
  expect(ownPlace('/flow/rejected')).toBe('/flow/rejected');
});

it.each([
  ...[
    '//evil.example/',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '',
    null,
  ],
  ...['/.//evil.example', '/..//evil.example', '/a/..//evil.example', '/%2e//evil.example', '/.\\\\evil.example'],
])('leads nobody elsewhere: %j', (elsewhere) => {
  expect(ownPlace(elsewhere)).toBeUndefined();
});

it('leads to what was asked for, once signed in', () => {
  const asked = new URL('http://desk.example/?range=7d&receipt=csat');
  const to = new URL(signInFor(asked), asked).searchParams.get('to');
  expect(ownPlace(to)).toBe('/?range=7d&receipt=csat');
  expect(signInFor(new URL('http://desk.example/'))).toBe('/sign-in');
});
