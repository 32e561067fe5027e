import { expect, it } from 'vitest';
import { readPersonForm } from './read-person-form';

function read(teams: string) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ name: 'Tessa', role: 'lead', teams })) form.set(name, value);
  return readPersonForm(form);
}
const named = (count: number, name: string) => Array.from({ length: count }, (_, n) => `${name} ${n}`).join(', ');

it('takes a hundred teams of long names', () => {
  const read100 = read(named(100, 'x'.repeat(190)));
  expect(read100.ok && read100.values.teams).toHaveLength(100);
});

it('refuses more of them, or longer ones, and never reads them as none: a lead of none leads all', () => {
  for (const teams of [named(101, 'team'), 'x'.repeat(201), named(5_000, 'team')])
    expect(read(teams)).toEqual({ ok: false, message: expect.stringContaining('at most 100 teams') });
  expect(read('')).toMatchObject({ ok: true, values: { teams: [] } });
});
