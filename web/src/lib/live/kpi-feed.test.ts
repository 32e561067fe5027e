import type { KpiAnswer, KpiFrame } from '@deskwire/contracts/kpi';
import { expect, it } from 'vitest';
import { KpiFeed } from './kpi-feed.svelte';

const begin = Date.parse('2026-11-22T12:00:00.000Z');
const timeOf = (ms: number) => new Date(begin + ms).toISOString();
const answer = (readMs: number, more: Partial<KpiAnswer> = {}): KpiAnswer => ({
  ...{ value: 1, n: 1, unit: 'tickets', cohort: '', as_of: timeOf(readMs), watermark: timeOf(readMs - 100) },
  ...{ completeness: { state: 'provisional' }, ...more },
});

/** A page that has just got a frame of these figures, four seconds after noon. */
function openPage(kpis: KpiFrame['kpis']) {
  const followed = { pause: () => {}, resume: () => {}, close: () => {} };
  const hub = { monotonic: () => 0, follow: () => followed };
  return new KpiFeed({ scope: 'all', initial: { range: 'today', zone: 'UTC', kpis }, at: timeOf(4_000), hub });
}

it('is as far behind as its oldest figure: counts run ahead of the others', () => {
  const feed = openPage({ created: answer(3_900), backlog: answer(1_000), csat: answer(1_000) });
  expect(feed.lagMs).toBe(3_100);
  expect(feed.trust).toEqual({ state: 'first-paint', asOf: timeOf(1_000) });
});

it('does not know how far it is behind while that is not known of one figure', () => {
  expect(openPage({ created: answer(3_900), backlog: answer(3_900, { watermark: null }) }).lagMs).toBeUndefined();
});

it('says why figures are old, whichever of them says so', () => {
  const incomplete = answer(0, { completeness: { state: 'incomplete', why: '2 events are missing' } });
  const stale = answer(0, { completeness: { state: 'stale', why: 'the engine rests' } });
  const { trust } = openPage({ created: incomplete, backlog: stale });
  expect(trust).toEqual({ state: 'stale', asOf: timeOf(0), why: 'the engine rests' });
});

it('knows nothing of no figures', () => {
  expect(openPage({}).trust.state).toBe('unknown');
});
