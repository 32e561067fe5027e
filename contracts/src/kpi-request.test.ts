import { expect, it } from 'vitest';
import { kpiRequest, readQuery } from './kpi-request.ts';
import { rejectedRequest } from './rejected.ts';
import { teamSlug } from './team-slug.ts';

it('reads lists that may be repeated, and single values of the same name where the question takes one', () => {
  const query = new URLSearchParams('kpis=created,solved&kpis=csat&source=zendesk&source=hubspot');
  expect(readQuery(kpiRequest, query)).toMatchObject({
    ok: true,
    value: { kpis: ['created', 'solved', 'csat'], source: ['zendesk', 'hubspot'], team: [] },
  });
  expect(readQuery(rejectedRequest, new URLSearchParams('source=zendesk'))).toMatchObject({
    ok: true,
    value: { source: 'zendesk', state: 'waiting' },
  });
});

it('says which parameter is wrong, and how', () => {
  const ask = (text: string) => readQuery(rejectedRequest, new URLSearchParams(text));
  expect(ask('source=a&source=b')).toEqual({ ok: false, detail: '"source" is given 2 times; give it once.' });
  expect(JSON.stringify(ask('sauce=a'))).toContain('no parameter');
});

it('takes no more of a filter than a ClickHouse server does of a parameter', () => {
  const ask = (list: string[]) =>
    readQuery(kpiRequest, new URLSearchParams(list.map((value): [string, string] => ['channel', value])));
  const many = (count: number, value: string) => Array.from({ length: count }, () => value);
  // The id of a team whose name has no Latin letter is far longer than the name.
  expect(ask([teamSlug('サ'.repeat(200))])).toMatchObject({ ok: true });
  expect(ask(many(504, 'm'.repeat(200)))).toMatchObject({ ok: true });
  const said: unknown = expect.stringContaining('"channel": all values together');
  expect(ask(many(505, 'm'.repeat(200)))).toEqual({ ok: false, detail: said });
  // Longer in UTF-8, or with backslashes.
  for (const letter of ['é', "'", '\\'])
    expect(ask(many(300, letter.repeat(200)))).toEqual({ ok: false, detail: said });
});
