import { expect, it } from 'vitest';
import { publicUrl } from './public-origins.ts';

it('takes addresses of one scheme', () => {
  for (const text of ['https://desk.example/app', 'https://desk.example, https://10.0.0.5:8443', 'http://desk.example'])
    expect(publicUrl.safeParse(text).success).toBe(true);
});

it('refuses both schemes beside each other: what protects the one would be left out for both', () => {
  const { error } = publicUrl.safeParse('https://desk.example, http://10.0.0.5:8080');
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining('all https or all http')]);
});

it.each(['desk.example', 'ftp://desk.example', '', 'https://desk.example,'])(
  'refuses what is no address: %j',
  (text) => {
    const { error } = publicUrl.safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining('one http(s) address')]);
  },
);
