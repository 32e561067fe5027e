import { expect, it } from 'vitest';
import { kpiRequest, readQuery } from './kpi-request.ts';
import { rejectedRequest } from './rejected.ts';

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
