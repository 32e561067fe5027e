import type { KpiScope } from '@deskwire/contracts/channels';
import type { KpiWanted } from '@deskwire/contracts/kpi';
import { expect, it } from 'vitest';
import { fakeClock } from './testing/fake-clock.ts';
import { createWantedScopes } from './wanted-scopes.ts';

function setUp() {
  const clock = fakeClock();
  const told: KpiWanted[] = [];
  const seen: KpiScope[][] = [];
  const wanted = createWantedScopes({
    hub: 'here',
    tell: (message) => told.push(message),
    onChange: (scopes) => seen.push([...scopes]),
    clock,
  });
  return { clock, told, seen, wanted };
}

it('joins what all hubs want, and tells the others at once what changes here', () => {
  const { told, seen, wanted } = setUp();
  wanted.heard({ hub: 'there', scopes: ['team:sales'] });
  wanted.set('all', true);
  wanted.set('all', true);
  expect(told).toEqual([{ hub: 'here', scopes: ['all'] }]);
  expect(seen.at(-1)).toEqual(['all', 'team:sales']);
  wanted.set('all', false);
  expect(told.at(-1)).toEqual({ hub: 'here', scopes: [] });
  expect(seen.at(-1)).toEqual(['team:sales']);
});

it('forgets a hub that has gone silent', async () => {
  const { clock, seen, wanted } = setUp();
  wanted.heard({ hub: 'there', scopes: ['all'] });
  await clock.advance(5_000);
  wanted.renew();
  expect(seen.at(-1)).toEqual(['all']);
  await clock.advance(2_000);
  wanted.renew();
  expect(seen.at(-1)).toEqual([]);
});

it('says again what it wants as long as it does, and follows no more than it can', () => {
  const { told, wanted } = setUp();
  wanted.renew();
  expect(told).toEqual([]);
  const taken = Array.from({ length: 501 }, (_, n) => wanted.set(`team:t${n}`, true));
  expect(taken.filter((each) => !each)).toHaveLength(1);
  const before = told.length;
  wanted.renew();
  expect(told.slice(before)).toMatchObject([{ hub: 'here' }]);
});
